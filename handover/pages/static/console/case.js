// A case: what is new in it comes by itself, and what a counsellor does is sent from its forms.

import { armDialogs } from "../chat/dialogs.js";
import { words } from "../chat/texts.js";
import { armForms } from "./forms.js";
import { Live, isWriting } from "./live.js";
import { fetchPart } from "./page.js";

const EVERY_MS = 5 * 60_000;
const NEAR_END = 80;
const GAP = 8;
const scroller = document.getElementById("talk-scroll");
const talk = document.getElementById("talk");
let state = stateOf(document);

/** Messages are put in once and stay, so that nobody loses their place. */
function grow(page) {
  const fresh = [...page.getElementById("talk").children];
  if (fresh.length < talk.children.length) talk.replaceChildren(); // the citizen has erased it
  add(fresh);
  state = stateOf(page);
}

/** What is said is fetched by itself and at once. True when nothing else has changed. */
async function hear() {
  const last = talk.querySelector(".line:last-child")?.id.slice(1) ?? 0;
  const page = await fetchPart(`/console/sager/${id}/samtale?efter=${last}`);
  if (page) add([...page.getElementById("talk").children]);
  return page !== null && stateOf(page) === state;
}

function stateOf(page) {
  return page.querySelector("[data-state]").dataset.state;
}

function add(fresh) {
  const news = fresh.filter(({ id }) => !document.getElementById(id));
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
  talk.append(...news.map((item) => document.importNode(item, true)));
  if (atEnd) toEnd();
  tell(news.filter(({ dataset }) => dataset.sender === "citizen"));
}

function tell(messages) {
  const texts = messages.map((item) => item.querySelector(".line-text").textContent);
  if (texts.length) document.getElementById("news").textContent = words("talk.new", { text: texts.join(" ") });
}

const toEnd = () => scroller.scrollTo({ top: scroller.scrollHeight });

const { case: id } = document.querySelector("[data-case]").dataset;
const live = new Live(`/console/events?sag=${id}`, { every: EVERY_MS, onFresh: grow, onNews: hear });
armForms({ onDone: () => live.now() });
armDialogs((dialog) => dialog.querySelectorAll(".error").forEach((place) => (place.textContent = "")));
addEventListener("beforeunload", (event) => isWriting() && event.preventDefault());
if (!location.hash) begin();

/** Who talks with the citizen reads on at the end; who opens a case begins at the citizen's first words. */
function begin() {
  if (document.getElementById("say")) return toEnd();
  const first = talk.querySelector(".citizen");
  if (first) scroller.scrollTo({ top: (first.previousElementSibling ?? first).offsetTop - GAP });
}
