// Leave at once: nothing is kept in the tab, the page is blank before the next one has come, and "back"
// does not lead here. Escape twice does the same, wherever the focus is.

import { memory } from "./memory.js";

const TWICE_WITHIN_MS = 800;

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
      last = event.timeStamp;
    },
    { capture: true },
  );
}

function leave(address, onLeave) {
  memory.forget();
  document.title = "";
  document.documentElement.classList.add("leaving");
  onLeave();
  location.replace(address);
}
