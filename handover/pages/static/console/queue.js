// The queue: up to date without a reload, and a new case is told.

import { words } from "../chat/texts.js";
import { armForms } from "./forms.js";
import { armKeys } from "./keys.js";
import { Live } from "./live.js";

const EVERY_MS = 30_000;
const GATHER_MS = 400; // many consoles hear the same notice: they do not all ask at once
const SPREAD_MS = 1_200;
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

/** To the next case of the page or the one before it, whatever list it is in. */
function move(by) {
  const cases = [...document.querySelectorAll("a.who")];
  const row = document.activeElement.closest("tr, li");
  const here = cases.findIndex((link) => row?.contains(link));
  cases.at(here < 0 ? (by > 0 ? 0 : -1) : (here + by) % cases.length)?.focus();
}

const open = () => document.activeElement.closest("tr, li")?.querySelector("a.who")?.click();

armKeys({ n: () => move(1), f: () => move(-1), å: open });
const pause = () => GATHER_MS + Math.random() * SPREAD_MS;
const live = new Live("/console/events", { every: EVERY_MS, onFresh: tell, pause });
armForms({ onDone: () => live.now() });
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  more(new URL(link.href));
});

/** The list grows where it is, and the keyboard goes on at the first of the new ones. */
async function more({ pathname, search, hash }) {
  history.replaceState(null, "", pathname + search);
  const last = () => document.getElementById(hash.slice(1));
  await live.now();
  last()?.nextElementSibling?.querySelector("a.who")?.focus();
}
