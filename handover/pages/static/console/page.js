// The page as the server has it now: fetched again, and only what has changed is put in. What is half
// written stays, and so does the focus.

import { words } from "../chat/texts.js";
import { titled } from "./title.js";

const TICK_MS = 25_000;
const MARKS = 800; // what a header has room for
const IDLE_MS = 10 * 60_000;
const PRESS_MS = 5_000; // held longer, it selects text or is lost
const LOGIN = "/console/login";
const came = new Map();
let lastAct = Date.now();
let ticked = Date.now();
let press = null;
let lift = () => {};

for (const act of ["pointerdown", "keydown", "wheel", "touchmove"])
  addEventListener(act, () => (lastAct = Date.now()), { capture: true, passive: true });

// A button that was changed under a finger would not be pressed.
addEventListener("pointerdown", () => (press = new Promise(untilLifted)), { capture: true, passive: true });
for (const end of ["pointerup", "pointercancel"])
  addEventListener(end, () => setTimeout(lift), { capture: true, passive: true }); // the click comes first

function untilLifted(done) {
  lift = done;
  setTimeout(done, PRESS_MS);
}

/** The session is over; whatever is written stays where it is. */
export class LoggedOut extends Error {}

/** The case is not there any more. */
export class Gone extends Error {}

/** The page's document, fresh. A page that nobody uses says so: it is no sign of a counsellor's life. */
export async function fetchPage(has = "") {
  const headers = { Accept: "text/html" };
  if (Date.now() - lastAct > IDLE_MS) headers["X-Idle"] = "1";
  if (has) headers["X-Has"] = has;
  if (has && Date.now() - ticked > TICK_MS) headers["X-Ticks"] = "1";
  const response = await fetch(location.pathname + location.search, { headers, cache: "no-store" });
  if (new URL(response.url).pathname === LOGIN) throw new LoggedOut();
  if (response.status === 404) throw new Gone();
  if (!response.ok) throw new Error(`the page answered ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  document.body.dataset.csrf = page.body.dataset.csrf;
  if (!has || headers["X-Ticks"]) ticked = Date.now();
  return page;
}

/** Something small beside the page, or null: then it comes with the next whole page. */
export async function fetchPart(address) {
  try {
    const response = await fetch(address, { cache: "no-store" });
    if (!response.ok || response.redirected) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch (error) {
    if (error instanceof TypeError) return null; // not connected
    throw error;
  }
}

export async function refresh() {
  let page = await fetchPage(marks());
  if (!complete(page)) page = await fetchPage();
  await press;
  document.title = titled(page.title);
  const focused = document.activeElement;
  const part = focused?.closest("[data-part]")?.dataset.part;
  let before = null;
  for (const fresh of page.querySelectorAll("[data-part]")) before = place(fresh, before);
  for (const old of parts()) if (!find(page, old.dataset.part)) old.remove();
  refocus(focused?.id, part);
  return page;
}

/** What is on the page already: the server names it, and sends it again only when it has changed. */
const marks = () =>
  [...document.querySelectorAll("[data-mark]")].slice(0, MARKS).map(({ dataset }) => dataset.mark).join(" ");

/** Puts what was not sent again where it belongs, with its new times. False when it is not here. */
function complete(page) {
  return [...page.querySelectorAll("[data-same]")].every((same) => {
    const here = same.dataset.same.split(" ").map((mark) => document.querySelector(`[data-mark="${mark}"]`));
    if (here.includes(null)) return false;
    const copies = here.map((row) => row.cloneNode(true));
    if (same.dataset.now) tell(copies[0], same.dataset.now.split("|"));
    same.replaceWith(...copies);
    return true;
  });
}

const tell = (row, times) =>
  row.querySelectorAll("[data-ticks]").forEach((place, index) => (place.textContent = times[index]));

const parts = () => [...document.querySelectorAll("[data-part]")];
const find = (root, name) => root.querySelector(`[data-part="${name}"]`);

function place(fresh, before) {
  const old = find(document, fresh.dataset.part);
  if (old) update(old, fresh);
  else before?.after(document.importNode(fresh, true));
  return find(document, fresh.dataset.part);
}

function update(old, fresh) {
  const now = withoutTicks(fresh);
  if (now === (came.get(fresh.dataset.part) ?? withoutTicks(old))) return tick(old, fresh);
  if (isBeingWritten(old)) return;
  came.set(fresh.dataset.part, now);
  old.className = fresh.className;
  const unfolded = [...old.querySelectorAll("details[open]")].map(nameOf);
  old.replaceChildren(...document.importNode(fresh, true).childNodes);
  for (const details of old.querySelectorAll("details"))
    if (unfolded.includes(nameOf(details))) details.open = true;
}

const nameOf = (details) => `${details.closest("[id]")?.id} ${details.querySelector("summary")?.textContent}`;

/** What only tells the time is changed in place, so that nothing moves under a finger. */
function tick(old, fresh) {
  const ticks = fresh.querySelectorAll("[data-ticks]");
  old.querySelectorAll("[data-ticks]").forEach((place, index) => {
    if (place.textContent !== ticks[index]?.textContent) place.textContent = ticks[index]?.textContent ?? "";
  });
}

function withoutTicks(part) {
  const copy = part.cloneNode(true);
  for (const place of copy.querySelectorAll("[data-ticks]")) place.textContent = "";
  for (const form of copy.querySelectorAll("form")) delete form.dataset.dirty;
  for (const details of copy.querySelectorAll("details")) details.open = false;
  return copy.className + copy.innerHTML;
}

const isBeingWritten = (part) =>
  part.querySelector("form[data-dirty], form[data-busy]") !== null ||
  [...part.querySelectorAll("textarea")].some((field) => field.value.trim());

/** The same thing again, or else the part that it was in: never the top of the page. */
function refocus(id, part) {
  if (!part || document.activeElement !== document.body) return;
  const same = id && document.getElementById(id);
  const place = same && !same.hidden ? same : find(document, part);
  if (!place) return;
  if (place !== same) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

/** An error in the words of the page. */
export function sayingOf(error) {
  return words(error instanceof LoggedOut ? "call.login" : "call.unreachable");
}
