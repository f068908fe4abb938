// The place in the queue while a person is waited for. What is shown follows at once; what is read out
// comes only when the place or the state has changed, and at most once a minute.

const PAUSE_MS = 60_000;
const byId = (id) => document.getElementById(id);

export class Place {
  constructor() {
    this.said = "";
    this.saidAt = -Infinity;
  }

  /** What the service tells of the queue, or nothing: nobody is waited for. */
  show(queue) {
    byId("place").hidden = !queue;
    byId("place-ahead").textContent = queue?.place ?? "";
    byId("place-time").textContent = queue?.time ?? "";
    this.next = queue ? { state: `${queue.place}|${queue.open}`, text: `${queue.place} ${queue.time}` } : null;
    if (!queue) return this.forget();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.speak(), Math.max(0, this.saidAt + PAUSE_MS - Date.now()));
  }

  speak() {
    if (!this.next || this.next.state === this.said) return;
    this.said = this.next.state;
    this.saidAt = Date.now();
    byId("place-news").textContent = this.next.text;
  }

  forget() {
    clearTimeout(this.timer);
    this.said = "";
    byId("place-news").textContent = "";
    byId("place-meanwhile").open = false;
  }
}
