// Single-letter shortcuts, shown by `?`. They work where nobody writes, and can be turned off
// (WCAG 2.1.4); the browser remembers that.

import { kept } from "./kept.js";

const WRITES = "input, textarea, select, [contenteditable]";
const help = document.getElementById("keys");

const areOn = () => kept.get("keys") !== false;

/** `actions`: what a letter does, as a function or as the id of what it presses or goes to. */
export function armKeys(actions) {
  const turn = document.getElementById("keys-on");
  turn.checked = areOn();
  turn.addEventListener("change", () => kept.set({ keys: turn.checked }));
  document.getElementById("keys-open").addEventListener("click", () => help.showModal());
  help.querySelector("button").addEventListener("click", () => help.close());
  const all = { ...actions, "?": () => help.showModal() };
  document.addEventListener("keydown", (event) => {
    const act = all[event.key.toLowerCase()];
    if (!act || !isFree(event)) return;
    event.preventDefault();
    if (typeof act === "function") act();
    else goTo(document.getElementById(act));
  });
}

export const keysAreOn = areOn;

function isFree({ target, ctrlKey, metaKey, altKey, isComposing }) {
  if (ctrlKey || metaKey || altKey || isComposing || !areOn()) return false;
  return !target.closest?.(WRITES) && !document.querySelector("dialog[open]");
}

function goTo(place) {
  if (!place || place.hidden) return;
  if (place.matches(WRITES)) place.focus();
  else place.click();
}
