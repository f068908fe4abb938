// The conversation as a text file of the citizen's own, made in the browser from what it already has.

import { titleFor } from "./choices.js";
import { words } from "./texts.js";

const NAME = "samtale.txt";
const moment = new Intl.DateTimeFormat("da-DK", { dateStyle: "long", timeStyle: "short" });

export function save(messages) {
  const address = URL.createObjectURL(new Blob([transcript(messages)], { type: "text/plain;charset=utf-8" }));
  Object.assign(document.createElement("a"), { href: address, download: NAME }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function transcript(messages) {
  const told = messages.map((message) => {
    const own = message.sender === "citizen";
    const text = own ? titleFor(message, messages) : message.text;
    return `${words(`sender.${message.sender}`)}, ${moment.format(new Date(message.created_at))}\n${text}\n`;
  });
  return [words("save.title"), "", ...told].join("\n");
}
