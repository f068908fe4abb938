// Half-written texts survive a reload, a lost session and a closed window: in localStorage, sealed with
// a key that comes with the case's page and only to the account whose they are. Whoever uses the browser
// next finds what cannot be read. Where the browser cannot seal (plain http), nothing is kept.

const PREFIX = "kladde";
const KEEP_MS = 7 * 24 * 3_600_000;
let over = false;

const owner = () => document.body.dataset.drafts;

/** None where the browser refuses its storage. */
function names(start) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(start));
  } catch {
    return [];
  }
}

/** `{at, data}`, or neither when it is not there or not ours. */
function entry(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

/** Whether this account has anything unsent here, in any case. */
export const hasDrafts = () => names(`${PREFIX} ${owner()} `).length > 0;

/** Logged out: nothing stays, and nothing more is kept. */
export function forgetAll() {
  over = true;
  for (const name of names(`${PREFIX} ${owner()} `)) localStorage.removeItem(name);
}

export class Drafts {
  constructor(id, key) {
    this.prefix = `${PREFIX} ${owner()} ${id} `;
    this.pending = new Map();
    this.erased = 0; // how often: what was being sealed then is not stored
    this.restored = new WeakSet();
    this.key = globalThis.crypto?.subtle ? opened(key) : null;
    sweep();
    document.addEventListener("input", ({ target }) => target.dataset?.keeps && this.keep(target));
    document.addEventListener("saved", ({ target }) => this.keepAll(target));
  }

  keep(field) {
    this.write(field.dataset.keeps, field.value);
  }

  keepAll(form) {
    form.querySelectorAll("[data-keeps]").forEach((field) => this.keep(field));
  }

  /** Put what was kept into the fields that have come to the page. */
  async restore() {
    for (const field of document.querySelectorAll("[data-keeps]")) {
      if (this.restored.has(field)) continue;
      this.restored.add(field);
      const text = field.value ? null : await this.read(field.dataset.keeps);
      if (text && !field.value) field.value = text;
    }
  }

  /** Something is written that a reload would lose. */
  get unsaved() {
    return this.writing != null || (!this.key && hasText());
  }

  async read(name) {
    const { data } = entry(this.prefix + name);
    if (!this.key) return null;
    try {
      return data ? await unseal(await this.key, data, this.prefix + name) : null;
    } catch {
      return null; // sealed under a key of before, or not by us: of no use any more
    }
  }

  /** One after the other, the newest text of each last. */
  write(name, value) {
    if (!this.key || over) return;
    this.pending.set(name, value);
    this.writing ??= this.drain().finally(() => (this.writing = null));
  }

  async drain() {
    while (this.pending.size) {
      const [name, value] = this.pending.entries().next().value;
      this.pending.delete(name);
      await this.store(this.prefix + name, value);
    }
  }

  async store(name, value) {
    const { erased } = this;
    const empty = value == null || value.length === 0;
    const data = empty ? null : await seal(await this.key, value, name);
    try {
      if (empty || over || erased !== this.erased) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify({ at: Date.now(), data }));
    } catch {
      // Storage is full or switched off: the text lives as long as the page does.
    }
  }

  /** The case is closed; `only` some: what was for the citizen. */
  forget(only) {
    this.erased += 1;
    this.pending.clear();
    const gone = names(this.prefix).filter((name) => !only || only.includes(name.slice(this.prefix.length)));
    for (const name of gone) localStorage.removeItem(name);
  }
}

const hasText = () => [...document.querySelectorAll("[data-keeps]")].some(({ value }) => value.trim());

/** What nobody has come back for. */
function sweep() {
  for (const name of names(`${PREFIX} `)) {
    const { at } = entry(name);
    if (!at || Date.now() - at > KEEP_MS) localStorage.removeItem(name);
  }
}

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const base64 = (found) => btoa(Array.from(found, (byte) => String.fromCharCode(byte)).join(""));
const opened = (key) => crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"]);
const how = (iv, place) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(place) });

async function seal(key, value, place) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how(iv, place), key, text));
  return base64([...iv, ...sealed]);
}

async function unseal(key, data, place) {
  const all = bytes(data);
  const text = await crypto.subtle.decrypt(how(all.slice(0, 12), place), key, all.slice(12));
  return JSON.parse(new TextDecoder().decode(text));
}
