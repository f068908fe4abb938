// What waits, on every page. Of all the tabs of a browser one listens for the others, so that nothing
// is told twice; when it is closed or falls asleep, the next one takes over.

const ADDRESS = "/console/alarm";
const LOCK = "vagt";
const RETRY_MS = 5_000;
const LOOK_MS = 10_000;
const SILENT_MS = 45_000;

export class Watch {
  /** `onState(state, leads)`; `onLost()` when nothing has been heard for too long. */
  constructor({ onState, onLost }) {
    Object.assign(this, { onState, onLost });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(LOCK) : null;
    if (this.channel) this.channel.onmessage = ({ data }) => this.hear(data, false);
    this.heard = Date.now();
    setInterval(() => this.look(), LOOK_MS);
    this.lead();
  }

  lead({ steal = false } = {}) {
    if (!navigator.locks) return this.listen();
    const held = () => {
      this.listen();
      return new Promise(() => {}); // until the tab is closed, or another one steals it
    };
    return navigator.locks.request(LOCK, { steal }, held).catch((error) => {
      if (error.name !== "AbortError") throw error;
      this.leads = false;
      this.leave();
      this.lead(); // in line behind the new one
    });
  }

  listen() {
    this.leave();
    this.leads = true;
    this.source = new EventSource(ADDRESS);
    this.source.onmessage = ({ data }) => this.tell(JSON.parse(data));
    this.source.onerror = () => this.source?.readyState === EventSource.CLOSED && this.again();
  }

  leave() {
    this.source?.close();
    this.source = null;
  }

  /** Refused, and the browser does not try again by itself: logged out, or the service starts. */
  again() {
    this.leave();
    setTimeout(() => this.leads && !this.source && this.listen(), RETRY_MS);
  }

  tell(state) {
    this.channel?.postMessage(state);
    this.hear(state, true);
  }

  hear(state, leads) {
    this.heard = Date.now();
    this.onState(state, leads);
  }

  /** A tab that sleeps cannot lead: whoever notices takes its place. */
  look() {
    if (Date.now() - this.heard < SILENT_MS) return;
    this.onLost();
    if (!this.leads && navigator.locks) this.lead({ steal: true });
  }
}
