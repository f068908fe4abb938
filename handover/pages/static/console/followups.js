// What is to be followed up: done with one press, and up to date without a reload, also over midnight.

import { armForms } from "./forms.js";
import { Live } from "./live.js";

const EVERY_MS = 60_000;

const live = new Live("/console/events", { every: EVERY_MS });
armForms({ onDone: () => live.now() });
