// Logging out leaves no half-written text in the browser, and says so first.

import { words } from "../chat/texts.js";
import { forgetAll, hasDrafts } from "./drafts.js";

document.querySelector('form[action="/console/logout"]').addEventListener("submit", (event) => {
  if (hasDrafts() && !confirm(words("logout.drafts"))) event.preventDefault();
  else forgetAll();
});
