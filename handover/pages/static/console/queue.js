// The queue: up to date without a reload, and a new case is told.

import { words } from "../chat/texts.js";
import { armForms } from "./forms.js";
import { Live } from "./live.js";

const EVERY_MS = 30_000;
let known = new Set(waiting().map(({ id }) => id));

function waiting(root = document) {
  return [...root.querySelectorAll('[data-part="waiting"] tr[data-id]')].map(({ dataset }) => dataset);
}

function tell() {
  const now = waiting();
  const fresh = now.filter(({ id }) => !known.has(id));
  known = new Set(now.map(({ id }) => id));
  if (!fresh.length) return;
  document.getElementById("news").textContent = fresh.map(({ who }) => words("queue.new", { who })).join(". ");
}

/** An address with only what is chosen in it. */
document.querySelector(".filter").addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});

const live = new Live("/console/events", { every: EVERY_MS, onFresh: tell });
armForms({ onDone: () => live.now() });
