// Calls of the API from a page of the console.

import { words } from "../chat/texts.js";
import { LoggedOut, fetchPage } from "./page.js";

const TIMEOUT_MS = 20_000;

/** The service answered, and said no; the message is its own Danish one. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }

  get passing() {
    return this.status === 429 || this.status >= 500;
  }
}

/** What it answered. Raises Refused, LoggedOut, or the browser's own error when nothing answers. */
export async function call(method, path, body) {
  let response = await reach(method, path, body);
  if (response.status === 403 && (await renewed())) response = await reach(method, path, body);
  if (response.status === 401) throw new LoggedOut();
  if (!response.ok) throw new Refused(await reasonOf(response), response.status);
  return response.status === 204 ? null : response.json();
}

function reach(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return fetch(path, { method, headers, body: JSON.stringify(body), cache: "no-store", signal });
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
