// The forms that change something. Each names the call of the API that it is: data-call, data-method,
// and what comes then (data-then: "refresh" or an address). What is written stays until it is saved.

import { Refused, call } from "./api.js";
import { sayingOf } from "./page.js";

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
    form.dispatchEvent(new Event("saved", { bubbles: true }));
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

function say(form, text) {
  const place = form.querySelector(".error") ?? document.getElementById(form.dataset.says);
  if (place) place.textContent = text;
}

function mark(form, busy) {
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", busy);
}
