// Tells how far the counsellor who has the case has read: the citizen's messages that were on the screen
// while the page was looked at. A colleague who looks on tells nothing.

import { call } from "./api.js";

export class Reading {
  constructor(address, talk) {
    Object.assign(this, { address, talk });
    this.read = 0;
    this.known = new WeakSet();
    this.inSight = new Set();
    this.observer = new IntersectionObserver((entries) => this.moved(entries));
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** New messages may have come, and the case may have changed hands. */
  refresh() {
    for (const item of this.talk.querySelectorAll(".line.citizen")) {
      if (this.known.has(item)) continue;
      this.known.add(item);
      this.observer.observe(item);
    }
    this.look();
  }

  moved(entries) {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) this.inSight.add(target);
      else this.inSight.delete(target);
    }
    this.look();
  }

  look() {
    if (document.visibilityState !== "visible" || !document.getElementById("say")) return;
    const seqs = [...this.inSight].filter((item) => item.isConnected).map(({ id }) => Number(id.slice(1)));
    const through = Math.max(0, ...seqs);
    if (through <= this.read) return;
    const before = this.read;
    this.read = through;
    // Not reached or not one's own any more: told with what is read next.
    call("POST", this.address, { through }).catch(() => (this.read = before));
  }
}
