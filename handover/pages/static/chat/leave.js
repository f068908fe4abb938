// Leave at once: nothing is kept in the tab, the page is blank before the next one has come, and "back"
// does not lead here. Escape twice does the same, wherever the focus is. In a frame the page around it
// has to go: our launcher there does it, and where that is missing, this page does.

import { host } from "./host.js";
import { memory } from "./memory.js";

const TWICE_WITHIN_MS = 800;

/** Returns what leaves, for those who leave by other ways. */
export function armLeaving(link, onLeave) {
  let last = -Infinity;
  const go = () => leave(link.href, onLeave);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.repeat) return;
      if (event.timeStamp - last < TWICE_WITHIN_MS) go();
      else if (!document.querySelector("dialog[open]")) host.tell("escape");
      last = event.timeStamp;
    },
    { capture: true },
  );
  return go;
}

function leave(address, onLeave) {
  memory.forget();
  document.title = "";
  document.documentElement.classList.add("leaving");
  onLeave();
  if (host.listening) host.tell("leave");
  else top.location.replace(address);
}
