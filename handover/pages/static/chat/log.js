// The messages as people see them. A message is built once and put in once, so that it is read out once.

import { words } from "./texts.js";
import { element, paragraphs, progressOf } from "./wording.js";

const clock = new Intl.DateTimeFormat("da-DK", { hour: "2-digit", minute: "2-digit" });

export class Log {
  constructor(list) {
    this.list = list;
    this.bySeq = new Map();
    this.unsent = new Map();
    this.place = new WeakMap();
  }

  /** Under the citizen's newest message that a counsellor has read; it is not read out. */
  showSeen(through) {
    const own = this.messages().filter(({ sender, seq }) => sender === "citizen" && seq <= through);
    const seq = own.at(-1)?.seq;
    const item = [...this.list.children].find((one) => seq !== undefined && this.place.get(one) === seq);
    if (!item || item === this.seen?.parentElement) return;
    this.seen?.remove();
    this.seen = Object.assign(element("p", words("seen")), { className: "state seen" });
    this.seen.setAttribute("aria-live", "off");
    item.append(this.seen);
  }

  clear() {
    this.list.replaceChildren();
    this.bySeq.clear();
    this.unsent.clear();
  }

  has(seq) {
    return this.bySeq.has(seq);
  }

  get highest() {
    return Math.max(0, ...this.bySeq.keys());
  }

  get newest() {
    return this.bySeq.get(this.highest) ?? null;
  }

  get citizenHasWritten() {
    return this.unsent.size > 0 || this.list.querySelector(".citizen") !== null;
  }

  messages() {
    return [...this.bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  /** A message from the service; `ownId` names the bubble that already shows it. */
  add(message, ownId, shown = message.text) {
    this.bySeq.set(message.seq, message);
    const bubble = this.unsent.get(ownId);
    if (bubble) return this.settle(bubble, message, ownId);
    const item = build(message, shown);
    this.insert(item, message.seq);
    return item;
  }

  /** A message on its way: last, until its place is known. */
  addUnsent(entry) {
    const item = build({ sender: "citizen", kind: "text", text: entry.text }, entry.shown);
    const state = Object.assign(element("p", ""), { className: "state" });
    state.setAttribute("aria-live", "off");
    item.append(state);
    this.unsent.set(entry.id, item);
    this.insert(item, Infinity);
    this.mark(entry.id, "sending");
    return item;
  }

  mark(id, state) {
    const item = this.unsent.get(id);
    if (!item) return;
    item.dataset.state = state;
    item.querySelector(".state").textContent = words(state);
  }

  /** The service has it, but its seq is still to come: keep it in front of its own answers. */
  accepted(id, place) {
    const item = this.unsent.get(id);
    if (!item) return;
    this.place.set(item, place);
    delete item.dataset.state;
    item.querySelector(".state").textContent = "";
  }

  drop(id) {
    this.unsent.get(id)?.remove();
    this.unsent.delete(id);
  }

  settle(item, message, id) {
    this.unsent.delete(id);
    this.place.set(item, message.seq);
    item.querySelector(".state:not(.seen)")?.remove();
    delete item.dataset.state;
    item.querySelector(".sender").append(time(message.created_at));
    return item;
  }

  insert(item, place) {
    this.place.set(item, place);
    const items = [...this.list.children];
    const next = items.find((other) => this.place.get(other) > place) ?? null;
    const before = next ? next.previousElementSibling : this.list.lastElementChild;
    follow(item, before);
    this.list.insertBefore(item, next);
    if (next) follow(next, item);
  }
}

function follow(item, before) {
  item.classList.toggle("follows", before?.dataset.sender === item.dataset.sender);
}

function build(message, shown) {
  const item = document.createElement("div");
  item.className = `message ${message.sender} ${message.kind}`;
  item.dataset.sender = message.sender;
  const sender = element("p", element("span", words(`sender.${message.sender}`)), " ", time(message.created_at));
  sender.className = "sender";
  item.append(sender, bubble(message, shown));
  return item;
}

function bubble(message, shown) {
  const own = message.sender === "citizen";
  const { number, about, text } = own ? { text: shown } : progressOf(message);
  const made = Object.assign(document.createElement("div"), { className: "bubble" });
  if (number) made.append(progress(number, about));
  if (words(`kind.${message.kind}`)) made.append(heading(words(`kind.${message.kind}`)));
  made.append(paragraphs(text, { plain: own }));
  return made;
}

const heading = (text) => Object.assign(element("p", text), { className: "bubble-title" });

function progress(number, about) {
  const label = element("span", words("progress", { number, about }));
  const bar = document.createElement("progress");
  Object.assign(bar, { max: Math.max(about, number), value: number });
  bar.setAttribute("aria-hidden", "true");
  return Object.assign(element("p", label, bar), { className: "progress" });
}

function time(created) {
  if (!created) return "";
  const made = element("time", clock.format(new Date(created)));
  made.dateTime = created;
  return made;
}
