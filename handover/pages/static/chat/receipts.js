// How far this page has shown what counsellors write: what has come, and what was on the screen while
// the page was looked at. Nothing else is told.

export class Receipts {
  constructor(tell) {
    this.tell = tell;
    this.inSight = new Map();
    this.seqs = new WeakMap();
    this.observer = new IntersectionObserver((entries) => this.moved(entries));
    document.addEventListener("visibilitychange", () => this.look());
    this.clear();
  }

  clear() {
    this.observer.disconnect();
    this.inSight.clear();
    this.delivered = this.seen = 0;
  }

  came({ seq }, item) {
    this.seqs.set(item, seq);
    this.observer.observe(item);
    if (seq <= this.delivered) return;
    this.delivered = seq;
    this.report();
  }

  moved(entries) {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) this.inSight.set(target, this.seqs.get(target));
      else this.inSight.delete(target);
    }
    this.look();
  }

  look() {
    if (document.visibilityState !== "visible" || !this.inSight.size) return;
    const seen = Math.max(...this.inSight.values());
    if (seen <= this.seen) return;
    this.seen = seen;
    this.report();
  }

  /** Also after a connection was lost: the service knows what it has heard already. */
  report() {
    if (this.delivered) this.tell({ delivered: this.delivered, seen: this.seen });
  }
}
