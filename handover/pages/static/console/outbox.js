// What the counsellor has said and the service may not have yet: shown at the end of the talk, kept with
// the drafts, and sent in order, again and again with the same id, so that a retry never says it twice.

import { Backoff } from "../chat/backoff.js";
import { freshId } from "../chat/service.js";
import { words } from "../chat/texts.js";
import { Refused, call } from "./api.js";
import { LoggedOut } from "./page.js";

const KEPT_AS = "udbakke";
const LATE_MS = 10 * 60_000;

export class Outbox {
  /** `onBack(text, why)`: it cannot be sent, and is the counsellor's to decide about. */
  constructor({ address, drafts, list, onSent, onBack }) {
    Object.assign(this, { address, drafts, list, onSent, onBack });
    this.entries = [];
    this.items = new Map();
    this.again = new Backoff({ first: 1_000, most: 15_000 });
  }

  /** What a page before this one had not sent. What is old by now is not sent without being asked. */
  async restore() {
    const kept = (await this.drafts.read(KEPT_AS)) ?? [];
    const late = kept.filter(({ at }) => Date.now() - at > LATE_MS);
    const fresh = kept.filter((entry) => !late.includes(entry));
    fresh.forEach((entry) => this.show(entry));
    this.entries.unshift(...fresh);
    for (const { text } of late) this.onBack(text, words("say.late"));
    if (late.length) this.keep();
    this.run();
  }

  add(said) {
    const entry = { ...said, id: freshId(), at: Date.now() };
    this.entries.push(entry);
    this.keep();
    this.show(entry);
    this.run();
  }

  asks(question, track) {
    return this.entries.some((entry) => entry.question === question && entry.track === track);
  }

  nudge() {
    this.again.reset();
    this.run();
  }

  async run() {
    clearTimeout(this.timer);
    if (this.running) return;
    this.running = true;
    try {
      while (this.entries.length && (await this.deliver(this.entries[0])));
    } finally {
      this.running = false;
    }
  }

  async deliver(entry) {
    const { id, text, question, track } = entry;
    try {
      const message = await call("POST", this.address, { client_message_id: id, text, question, track });
      this.again.reset();
      this.done(entry);
      this.settle(id, message.seq);
      return true;
    } catch (error) {
      return this.failed(entry, error);
    }
  }

  failed(entry, error) {
    if (error instanceof Refused && !error.passing) {
      this.done(entry);
      this.drop(entry.id);
      this.onBack(entry.text, error.message);
      return true;
    }
    this.mark(entry.id, error instanceof LoggedOut ? "say.loggedout" : "say.waits");
    this.timer = setTimeout(() => this.run(), this.again.next());
    return false;
  }

  done(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.keep();
  }

  keep() {
    this.drafts.write(KEPT_AS, this.entries);
  }

  // --- how it looks ---------------------------------------------------------

  show(entry) {
    const item = document.getElementById("unsent-line").content.firstElementChild.cloneNode(true);
    item.querySelector(".line-text").textContent = entry.text;
    this.items.set(entry.id, item);
    this.list.append(item);
    this.mark(entry.id, "say.sending");
    item.scrollIntoView({ block: "nearest" });
  }

  mark(id, name) {
    this.items.get(id).querySelector(".line-receipt").textContent = words(name);
  }

  /** It is sent, and stays until the talk itself shows it. */
  settle(id, seq) {
    this.items.get(id).dataset.seq = seq;
    this.mark(id, "say.sent");
    this.onSent();
  }

  drop(id) {
    this.items.get(id).remove();
    this.items.delete(id);
  }

  arrived() {
    for (const [id, { dataset }] of this.items) {
      if (dataset.seq && document.getElementById(`m${dataset.seq}`)) this.drop(id);
    }
  }
}
