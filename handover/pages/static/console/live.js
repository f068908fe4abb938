// Kept up to date: an event stream while the page is looked at, and asking now and then in any case.
// A page that may be out of date says so.

import { words } from "../chat/texts.js";
import { Gone, LoggedOut, refresh } from "./page.js";

const TOGETHER_MS = 150;
const RETRY_MS = 4_000;
const TELLING_MS = 5_000;
const UNSEEN_MS = 10_000;
const SIGNS = ["typing", "looking", "seen"];
const clock = new Intl.DateTimeFormat("da-DK", { hour: "numeric", minute: "2-digit" });

export class Live {
  /** `pause()`: how long several notices are gathered. `onNews()`: what cannot wait for that; when it
      promises true, the page need not be fetched besides. `onSign`: of what is told and stored
      nowhere, such as that somebody types. */
  constructor(address, { every, onFresh, onNews, onSign, pause = () => TOGETHER_MS }) {
    Object.assign(this, { address, every, onFresh, onNews, onSign, pause });
    this.line = document.getElementById("live");
    this.fetched = new Date();
    document.addEventListener("visibilitychange", () => this.look());
    for (const change of ["online", "offline"]) addEventListener(change, () => this.soon());
    this.look();
    this.later();
    setInterval(() => this.peek(), UNSEEN_MS);
  }

  /** Behind another window there is no stream; what cannot wait is asked for now and then. */
  async peek() {
    if (!this.source && this.onNews && !(await this.onNews())) this.soon();
  }

  /** Browsers allow few streams at a time: only a page that is seen holds one. */
  look() {
    if (document.visibilityState !== "visible") return this.unwatch();
    this.watch();
    if (Date.now() - this.fetched > RETRY_MS) this.soon();
  }

  watch() {
    if (this.source) return;
    this.source = new EventSource(this.address);
    this.source.onmessage = ({ data }) => this.hear(JSON.parse(data));
    this.source.onerror = () => this.broken();
  }

  /** A network that is gone is told at once, not when the page would have asked anyway. */
  broken() {
    if (this.source?.readyState === EventSource.CLOSED) this.unwatch();
    if (Date.now() - this.fetched < RETRY_MS) return this.later(RETRY_MS); // the stream alone is refused
    if (this.line.dataset.up !== undefined || !this.line.textContent) this.soon();
  }

  async hear(event) {
    if (SIGNS.includes(event.type)) return this.onSign?.(event);
    if (event.type === "news" && (await this.onNews?.())) return;
    this.soon();
  }

  unwatch() {
    this.source?.close();
    this.source = null;
  }

  soon() {
    this.waiting ??= setTimeout(() => this.now(), this.pause());
  }

  later(pause = this.every) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), pause);
  }

  /** One at a time; what comes meanwhile is fetched after it. */
  now() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.running = (this.running ?? Promise.resolve()).then(() => this.ask());
    return this.running;
  }

  async ask() {
    try {
      const page = await refresh();
      this.onFresh?.(page);
      this.reached();
      this.later();
    } catch (error) {
      this.missed(error);
    }
  }

  reached() {
    this.fetched = new Date();
    if (document.visibilityState === "visible") this.watch();
    if (!this.line.textContent || this.line.dataset.up) return;
    this.line.dataset.up = "true";
    this.line.textContent = words("live.back");
    setTimeout(() => this.line.dataset.up && (this.line.textContent = ""), TELLING_MS);
  }

  missed(error) {
    if (error instanceof LoggedOut && !isWriting()) return location.assign("/console/login");
    delete this.line.dataset.up;
    const time = clock.format(this.fetched);
    const name = error instanceof LoggedOut ? "call.login" : error instanceof Gone ? "live.gone" : "live.lost";
    this.line.textContent = words(name, { time });
    this.later(RETRY_MS);
  }
}

export const isWriting = () =>
  [...document.querySelectorAll("textarea")].some((field) => field.value.trim());
