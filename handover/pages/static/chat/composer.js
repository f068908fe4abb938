// The field one writes in: grows with the text, Enter sends, what is half written survives a reload.

import { memory } from "./memory.js";

export class Composer {
  constructor(form, onSend) {
    this.form = form;
    this.field = form.elements.text;
    this.error = form.querySelector(".error");
    this.onSend = onSend;
    if (!this.field.value) this.field.value = memory.get("draft") ?? ""; // it may be written in already
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("submit", (event) => this.submit(event));
    this.grow();
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    this.field.focus();
    if (!text) return;
    this.write("");
    this.onSend(text);
  }

  changed() {
    this.error.textContent = "";
    memory.set({ draft: this.field.value });
    this.grow();
  }

  write(text) {
    this.field.value = text;
    this.changed();
  }

  /** Give a refused text back, before whatever has been begun since. */
  giveBack(text, why) {
    this.write([text, this.field.value].filter(Boolean).join("\n"));
    this.error.textContent = why;
    this.field.focus();
  }

  show(shown) {
    this.form.hidden = !shown;
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + this.field.offsetHeight - this.field.clientHeight}px`;
  }
}
