// The newest question's answers as buttons. As soon as something is answered, or asked, they are gone.

import { element } from "./wording.js";

export class Choices {
  constructor(group, onChosen) {
    this.group = group;
    this.onChosen = onChosen;
    this.seq = null;
  }

  show(question) {
    if (question?.seq === this.seq) return;
    this.seq = question?.seq ?? null;
    this.group.replaceChildren(...(question?.choices ?? []).map((choice) => this.button(choice)));
    this.group.hidden = this.seq === null;
  }

  button(choice) {
    const button = element("button", choice.title);
    Object.assign(button, { type: "button", className: "button choice" });
    button.addEventListener("click", (event) => this.onChosen(choice, { byKeyboard: event.detail === 0 }));
    return button;
  }
}

/** The message whose choices may still be pressed, or null. */
export function openQuestion(messages) {
  const asked = messages.findLastIndex(({ question, choices }) => question || choices?.length);
  if (asked < 0 || messages.slice(asked).some(({ sender }) => sender === "citizen")) return null;
  return messages[asked].choices?.length ? messages[asked] : null;
}

/** What a citizen's message is shown as: the title of the choice it was, else its text. */
export function titleFor(message, messages) {
  const before = messages.filter(({ seq, choices }) => seq < message.seq && choices?.length).at(-1);
  return before?.choices.find(({ value }) => value === message.text)?.title ?? message.text;
}
