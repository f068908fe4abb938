// What this tab remembers over a reload, and nothing else does: sessionStorage, one key.

const KEY = "samtale";
let kept = read();
let forgotten = false;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export const memory = {
  get: (name) => kept[name],

  /** Whether a reload finds what is kept now: not where the browser refuses a frame its storage. */
  get lasts() {
    try {
      return sessionStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  },

  set(values) {
    if (forgotten) return;
    kept = { ...kept, ...values };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Storage is switched off or full: the conversation lives as long as the page does.
    }
  },

  clear() {
    kept = {};
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // Nothing was kept either.
    }
  },

  /** Clear, and keep nothing more from whatever is still running. */
  forget() {
    this.clear();
    forgotten = true;
  },
};
