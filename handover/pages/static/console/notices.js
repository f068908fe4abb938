// Notifications of the browser: that somebody waits and how urgent it is, never who or what was said.

import { words } from "../chat/texts.js";
import { kept } from "./kept.js";

const shown = new Map();

export const notices = {
  get possible() {
    return "Notification" in window;
  },

  get denied() {
    return this.possible && Notification.permission === "denied";
  },

  get on() {
    return this.possible && Notification.permission === "granted" && Boolean(kept.get("notices"));
  },

  async turn(on) {
    kept.set({ notices: on });
    if (on && Notification.permission === "default") await Notification.requestPermission();
  },

  show(kind, title) {
    if (!this.on || (kind === "calm" && document.hasFocus())) return;
    const urgent = kind === "urgent";
    const how = { body: words("notice.body"), lang: "da", tag: `vagt-${kind}`, renotify: true };
    const notice = make(title, { ...how, icon: "/static/mark.svg", requireInteraction: urgent });
    if (!notice) return;
    notice.onclick = () => {
      window.focus();
      notice.close();
    };
    shown.set(kind, notice);
  },

  /** Somebody has taken it. */
  clear(kind) {
    shown.get(kind)?.close();
    shown.delete(kind);
  },
};

/** Browsers on telephones have the class and refuse to make one. */
function make(title, how) {
  try {
    return new Notification(title, how);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
