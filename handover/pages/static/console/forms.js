// The forms that change something. Each names the call of the API that it is: data-call, data-method,
// and what comes then (data-then: "refresh" or an address). What is written stays until it is saved.

import { words } from "../chat/texts.js";
import { LoggedOut, fetchPage, sayingOf } from "./page.js";

export function armForms({ onDone }) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-call]");
    if (!form) return;
    event.preventDefault();
    if (!("busy" in form.dataset)) send(form, onDone);
  });
  document.addEventListener("input", ({ target }) => target.closest?.(".judge") && judged(target));
  document.addEventListener("change", ({ target }) => target.dataset?.enables && enable(target));
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("textarea");
    if (field && event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
  });
}

/** A judgement that differs from the saved one can be saved. */
function judged(select) {
  const form = select.form;
  const changed = !select.selectedOptions[0].defaultSelected && (select.value || savedIn(select));
  form.toggleAttribute("data-dirty", Boolean(changed));
  form.querySelector("button").hidden = !changed;
}

/** A box that is ticked asks for one thing more. */
function enable(box) {
  const field = document.getElementById(box.dataset.enables);
  field.disabled = !box.checked;
  field.closest(".field").hidden = !box.checked;
}

const savedIn = (select) => [...select.options].find((option) => option.defaultSelected)?.value;

async function send(form, onDone) {
  form.dataset.busy = "";
  say(form, "");
  mark(form, true);
  try {
    await sendNote(form);
    await call(form.dataset.method ?? "POST", form.dataset.call, bodyOf(form));
    settle(form);
    if (form.dataset.then !== "refresh") return location.assign(form.dataset.then);
    await onDone(form);
  } catch (error) {
    say(form, error instanceof Refused ? error.message : sayingOf(error));
    if (error instanceof Refused) await onDone(form).catch(() => {});
  } finally {
    delete form.dataset.busy;
    mark(form, false);
  }
}

function settle(form) {
  delete form.dataset.dirty;
  delete form.dataset.busy;
  if ("clears" in form.dataset) form.reset();
  form.closest("dialog")?.close();
  if (form.matches(".judge")) form.querySelector("select").focus();
}

/** A note that goes with another act is saved first, and once. */
async function sendNote(form) {
  const text = form.elements.note?.value.trim();
  if (!form.dataset.note || !text) return;
  await call("POST", form.dataset.note, { text });
  form.elements.note.value = "";
}

function bodyOf(form) {
  const fields = [...form.elements].filter(({ name, disabled }) => name && name !== "note" && !disabled);
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
}

const valueOf = ({ value, dataset }) => (value === "" && dataset.empty === "null" ? null : value.trim());

/** The service answered, and said no; the message is its own Danish one. */
class Refused extends Error {}

async function call(method, path, body) {
  let response = await reach(method, path, body);
  if (response.status === 403 && (await renewed())) response = await reach(method, path, body);
  if (response.status === 401) throw new LoggedOut();
  if (!response.ok) throw new Refused(await reasonOf(response));
}

function reach(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf };
  return fetch(path, { method, headers, body: JSON.stringify(body), cache: "no-store" });
}

/** Logged in again in another window: the page's form token is another one now. */
async function renewed() {
  const old = document.body.dataset.csrf;
  await fetchPage();
  return document.body.dataset.csrf !== old;
}

async function reasonOf(response) {
  const answer = await response.json().catch(() => ({}));
  if (response.status === 422 && answer.fields) return words("call.invalid");
  const held = answer.held_by ? words("call.held", { name: answer.held_by }) : "";
  return [answer.error?.message ?? words("call.failed"), held].filter(Boolean).join(" ");
}

function say(form, text) {
  const place = form.querySelector(".error") ?? document.getElementById(form.dataset.says);
  if (place) place.textContent = text;
}

function mark(form, busy) {
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", busy);
}
