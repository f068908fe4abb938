// What the citizen has written and the service may not have yet. One at a time, in order, and always
// with the same id: sent twice it has one effect. An entry stays until its message is seen in the feed.

import { Backoff } from "./backoff.js";
import { memory } from "./memory.js";
import { Refused, freshId, send } from "./service.js";

export class Outbox {
  constructor({ onAccepted, onWaiting, onBusy, onRefused, onGone }) {
    Object.assign(this, { onAccepted, onWaiting, onBusy, onRefused, onGone });
    this.conversation = null; // set when it is open; until then all of it waits
    this.entries = memory.get("outbox") ?? [];
    this.accepted = new Set();
    this.again = new Backoff({ first: 1_000, most: 20_000 });
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** `after`: the highest seq seen so far; the message's own seq can only be above it. */
  add(text, shown, after) {
    const entry = { id: freshId(), text, shown, after };
    this.entries.push(entry);
    this.keep();
    return entry;
  }

  /** The entry that this message of the citizen's is, if it is one of ours; then it is done. */
  confirm(message) {
    const index = this.entries.findIndex((entry) => isSame(entry, message));
    if (index < 0) return null;
    const [entry] = this.entries.splice(index, 1);
    this.keep();
    return entry.id;
  }

  nudge() {
    this.again.reset();
    this.run();
  }

  async run() {
    clearTimeout(this.timer);
    if (this.running || this.stopped || !this.conversation) return;
    this.running = true;
    try {
      for (let entry = this.next(); entry && !this.stopped; entry = this.next()) {
        if (!(await this.deliver(entry))) break;
      }
    } finally {
      this.running = false;
      this.onBusy(false);
    }
  }

  next() {
    return this.entries.find((entry) => !this.accepted.has(entry.id));
  }

  async deliver(entry) {
    this.onBusy(true);
    try {
      const answer = await send(this.conversation, entry);
      if (this.stopped) return false;
      this.accepted.add(entry.id);
      this.again.reset();
      this.onAccepted(entry, answer);
      return true;
    } catch (error) {
      return !this.stopped && this.failed(entry, error);
    }
  }

  failed(entry, error) {
    if (error instanceof Refused && error.gone) return this.onGone();
    if (error instanceof Refused && !error.passing) return this.refuse(entry, error);
    this.onWaiting(entry, error);
    const asked = error.retryAfter ? error.retryAfter * 1_000 : 0;
    this.timer = setTimeout(() => this.run(), Math.max(asked, this.again.next()));
    return false;
  }

  refuse(entry, error) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.keep();
    this.onRefused(entry, error);
    return true;
  }

  keep() {
    memory.set({ outbox: this.entries });
  }
}

function isSame(entry, message) {
  if (message.client_message_id) return message.client_message_id === entry.id;
  return message.seq > entry.after && message.text.trim() === entry.text.trim();
}
