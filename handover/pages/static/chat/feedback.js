// Two voluntary questions when the conversation is over: answered with a button, changed with another.

import { answer, feedback } from "./service.js";
import { words } from "./texts.js";
import { element } from "./wording.js";

export class Feedback {
  constructor(place) {
    this.place = place;
    this.list = place.querySelector("[data-questions]");
    this.said = place.querySelector("[role=status]");
  }

  hide() {
    this.conversation = null;
    this.place.hidden = true;
    this.said.textContent = "";
    this.list.replaceChildren();
  }

  /** They may be left out: what cannot be fetched is not asked. */
  async show(conversation) {
    this.hide();
    this.conversation = conversation;
    const { questions } = await feedback(conversation).catch(() => ({ questions: [] }));
    if (this.conversation !== conversation || !questions.length) return;
    this.list.replaceChildren(...questions.map((question) => this.question(question)));
    this.place.hidden = false;
  }

  question({ id, text, choices, answer: given }) {
    const label = Object.assign(element("p", text), { id: `ask-${id}`, className: "feedback-question" });
    const buttons = choices.map((choice) => this.button(id, choice, given));
    const group = Object.assign(element("div", ...buttons), { className: "choices" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", label.id);
    return element("div", label, group);
  }

  button(id, { title, value }, given) {
    const button = Object.assign(element("button", title), { type: "button", className: "button choice", value });
    button.setAttribute("aria-pressed", value === given);
    button.addEventListener("click", () => this.give(id, button));
    return button;
  }

  async give(id, button) {
    const { conversation } = this;
    try {
      await answer(conversation, { [id]: button.value });
    } catch {
      if (this.conversation === conversation) this.said.textContent = words("feedback.failed");
      return;
    }
    if (this.conversation !== conversation) return;
    for (const other of button.parentElement.children) other.setAttribute("aria-pressed", other === button);
    this.said.textContent = words("feedback.thanks");
  }
}
