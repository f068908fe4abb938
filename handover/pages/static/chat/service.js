// The public API, as functions. Every failure is one of two kinds.

const TIMEOUT_MS = 20_000;

/** The service answered, and said no. */
export class Refused extends Error {
  constructor(status, retryAfter) {
    super(`refused with ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  get passing() {
    return this.status === 429 || this.status >= 500;
  }

  get gone() {
    return [401, 403, 404].includes(this.status);
  }
}

/** Nothing answered: no network, or it took too long. */
export class Unreachable extends Error {}

async function call(method, path, { token, body } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const options = { method, headers, body: body && JSON.stringify(body), signal: stop.signal };
    const response = await reach(`/api/conversations${path}`, { ...options, cache: "no-store" });
    if (!response.ok) throw new Refused(response.status, Number(response.headers.get("Retry-After")) || 0);
    return response.status === 204 ? null : await reading(response);
  } finally {
    clearTimeout(timer);
  }
}

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, credentials: "omit" });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

async function reading(response) {
  try {
    return await response.json();
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

export const open = (clientId) =>
  call("POST", "", { body: { channel: "web", client_conversation_id: clientId } });

export const resume = (code) => call("POST", "/resume", { body: { resume_code: code } });

export const since = ({ id, token }, seq) => call("GET", `/${id}/messages?after=${seq}`, { token });

export const send = ({ id, token }, entry) =>
  call("POST", `/${id}/messages`, { token, body: { client_message_id: entry.id, text: entry.text } });

export const reached = ({ id, token }, how) => call("POST", `/${id}/receipts`, { token, body: how });

export const typing = ({ id, token }) => call("POST", `/${id}/typing`, { token });

export const feedback = ({ id, token }) => call("GET", `/${id}/feedback`, { token });

export const answer = ({ id, token }, answers) => call("PATCH", `/${id}/feedback`, { token, body: answers });

export const readCallback = ({ id, token }) => call("GET", `/${id}/contact`, { token });

export const callback = ({ id, token }, wish) => call("PUT", `/${id}/contact`, { token, body: wish });

export const erase = ({ id, token }) => call("DELETE", `/${id}`, { token });

export function stream({ id }, seq) {
  const url = new URL(`/api/conversations/${id}/stream?after=${seq}`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url);
}

/** A random id; `crypto.randomUUID` is missing on plain http. */
export function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
