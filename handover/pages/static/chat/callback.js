// Leaving a number while a person is waited for: how, which number, and when it suits.

import { Refused, callback, readCallback } from "./service.js";
import { words } from "./texts.js";
import { element } from "./wording.js";

const byId = (id) => document.getElementById(id);

export class Callback {
  constructor(onLeft) {
    this.form = byId("callback-form");
    this.onLeft = onLeft;
    this.form.addEventListener("submit", (event) => this.send(event));
  }

  /** The dialog opens: what is known already, and the times that can be chosen now. */
  async open(conversation) {
    this.conversation = conversation;
    this.say("callback-error", "");
    try {
      this.fill(await readCallback(conversation));
    } catch {
      this.say("callback-error", words("callback.failed"));
    }
  }

  fill({ wants, phone, time, windows }) {
    const { elements } = this.form;
    elements.wants.value = wants === "sms" ? "sms" : "call";
    if (phone && !elements.phone.value) elements.phone.value = phone;
    const titles = [...new Set([time, ...windows.map(({ title }) => title)].filter(Boolean))];
    const choices = titles.map((title) => Object.assign(element("option", title), { value: title }));
    elements.time.replaceChildren(elements.time.options[0], ...choices);
    elements.time.value = time ?? "";
  }

  async send(event) {
    event.preventDefault();
    const { wants, phone, time } = this.form.elements;
    try {
      await callback(this.conversation, { wants: wants.value, phone: phone.value, time: time.value || null });
      byId("callback").close();
      this.onLeft();
    } catch (error) {
      const wrong = error instanceof Refused && error.status === 422;
      phone.setAttribute("aria-invalid", wrong);
      this.say("callback-error", words(wrong ? "callback.number" : "callback.failed"));
      if (wrong) phone.focus();
    }
  }

  say(id, text) {
    byId(id).textContent = text;
  }
}
