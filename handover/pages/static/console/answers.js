// Ready-made answers: found by their words, put into the draft at the caret, never sent by themselves.

import { words } from "../chat/texts.js";

const LETTERS = { æ: "ae", ø: "oe", å: "aa" };

/** "Skønt" and "skoent" are the same to look for. */
export const folded = (text) =>
  text
    .toLocaleLowerCase("da")
    .replace(/[æøå]/g, (letter) => LETTERS[letter])
    .normalize("NFD")
    .replace(/\p{M}/gu, "");

export class Answers {
  constructor(dialog) {
    this.dialog = dialog;
    this.search = dialog.querySelector("[role=combobox]");
    this.list = dialog.querySelector("[role=listbox]");
    this.status = dialog.querySelector("[role=status]");
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("[role=option]")));
  }

  /** The caret is remembered: giving the focus back may move it. */
  open() {
    const field = document.getElementById("say");
    this.caret = [field.selectionStart, field.selectionEnd];
    this.search.value = "";
    this.dialog.showModal();
    this.filter();
    this.search.focus();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get shown() {
    return this.options.filter(({ hidden }) => !hidden);
  }

  filter() {
    const wanted = folded(this.search.value).split(/\s+/).filter(Boolean);
    for (const option of this.options) {
      const text = folded(`${option.textContent} ${option.dataset.keywords}`);
      option.hidden = !wanted.every((word) => text.includes(word));
    }
    const count = this.shown.length;
    this.list.hidden = !count;
    this.search.setAttribute("aria-expanded", count > 0);
    this.status.textContent = words(count === 1 ? "answers.one" : count ? "answers.many" : "answers.none", { count });
    this.mark(this.shown[0]);
  }

  /** The list was fetched anew; what was marked stays marked. */
  refresh() {
    if (!this.dialog.open) return;
    const kept = this.search.getAttribute("aria-activedescendant");
    this.filter();
    const same = this.shown.find(({ id }) => id === kept);
    if (same) this.mark(same);
  }

  mark(option) {
    for (const other of this.options) other.setAttribute("aria-selected", other === option);
    if (!option) return this.search.removeAttribute("aria-activedescendant");
    this.search.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  get marked() {
    return this.shown.findIndex((option) => option.getAttribute("aria-selected") === "true");
  }

  key(event) {
    const { shown, marked } = this;
    const last = shown.length - 1;
    const next = { ArrowDown: marked < last ? marked + 1 : 0, ArrowUp: marked > 0 ? marked - 1 : last }[event.key];
    if (next !== undefined) this.mark(shown[next]);
    else if (event.key === "Enter") this.choose(shown[marked]);
    else return;
    event.preventDefault();
  }

  choose(option) {
    if (!option) return;
    this.dialog.close();
    put(document.getElementById("say"), option.querySelector(".answer-text").textContent, this.caret);
  }
}

function put(field, text, [start, end]) {
  if (!field) return;
  const before = field.value.slice(0, start);
  const gap = before && !/\s$/.test(before) ? " " : "";
  field.focus();
  field.setRangeText(gap + text, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
