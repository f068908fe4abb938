// A case: what is new in it comes by itself, and what a counsellor does is sent from its forms.

import { armDialogs } from "../chat/dialogs.js";
import { words } from "../chat/texts.js";
import { Typing, throttled } from "../chat/typing.js";
import { Answers } from "./answers.js";
import { call } from "./api.js";
import { Drafts } from "./drafts.js";
import { armForms } from "./forms.js";
import { armKeys, keysAreOn } from "./keys.js";
import { Live } from "./live.js";
import { Outbox } from "./outbox.js";
import { fetchPart } from "./page.js";
import { Reading } from "./reading.js";

const EVERY_MS = 5 * 60_000;
const FOR_THE_CITIZEN = ["svar", "lukkenote", "udbakke"];
const NEAR_END = 80;
const GAP = 8;
const byId = (id) => document.getElementById(id);
const scroller = byId("talk-scroll");
const talk = byId("talk");
const { case: id, draftKey, name } = document.querySelector("[data-case]").dataset;
const api = `/api/handovers/${id}`;
let state = stateOf(document);

const drafts = new Drafts(id, draftKey);
const answers = new Answers(byId("answers"));
const reading = new Reading(`${api}/read`, talk);
const typing = new Typing(showTyping);
const ownTyping = throttled(() => call("POST", `${api}/typing`).catch(() => {})); // of the moment only
const outbox = new Outbox({
  address: `${api}/messages`,
  drafts,
  list: byId("unsent"),
  onSent: () => live.now(),
  onBack: giveBack,
});
const live = new Live(`/console/events?sag=${id}`, { every: EVERY_MS, onFresh: refreshed, onNews: hear, onSign: sign });

// --- what has come ----------------------------------------------------------

function refreshed(page) {
  grow(page);
  markReceipt(page);
  outbox.arrived();
  outbox.nudge();
  answers.refresh();
  atHand();
}

/** What hangs on the fields and messages that the page has now. */
function atHand() {
  if (document.querySelector("[data-closed]")) drafts.forget(FOR_THE_CITIZEN);
  drafts.restore();
  reading.refresh();
}

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
  if (page) {
    add([...page.getElementById("talk").children]);
    markReceipt(page);
    outbox.arrived();
    reading.refresh();
  }
  return page !== null && stateOf(page) === state;
}

function stateOf(page) {
  return page.querySelector("[data-state]").dataset.state;
}

function add(fresh) {
  const news = fresh.filter(({ id }) => !document.getElementById(id));
  const atEnd = isAtEnd();
  talk.append(...news.map((item) => document.importNode(item, true)));
  const own = news.filter(({ dataset }) => dataset.sender === "citizen");
  if (own.length) typing.stop();
  if (atEnd) toEnd();
  else if (own.length) byId("newer").hidden = false;
  tell(own);
}

/** How far the newest of the counsellors' messages has come. */
function markReceipt(page) {
  const fresh = page.querySelector(".line-receipt[data-of]");
  talk.querySelectorAll(".line-receipt").forEach((old) => old.remove());
  if (fresh) byId(fresh.dataset.of)?.append(document.importNode(fresh, true));
}

function tell(messages) {
  const texts = messages.map((item) => item.querySelector(".line-text").textContent);
  if (texts.length) byId("news").textContent = words("talk.new", { text: texts.join(" ") });
}

function sign({ type, sender, names }) {
  if (type === "typing" && sender === "citizen") typing.heard();
  if (type === "looking") showLooking(names);
}

function showTyping(busy) {
  const atEnd = isAtEnd();
  byId("typing").hidden = !busy;
  if (busy && atEnd) toEnd();
}

/** Who else is looking at the case, besides whoever has it. */
function showLooking(names) {
  const holder = document.querySelector("[data-holder]")?.dataset.holder;
  const others = names.filter((other) => other !== name && other !== holder);
  byId("looking").textContent = others.length ? words("looking", { names: new Intl.ListFormat("da").format(others) }) : "";
}

const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
const toEnd = () => scroller.scrollTo({ top: scroller.scrollHeight });

// --- what is said -----------------------------------------------------------

function say(form) {
  const fields = new FormData(form);
  const [text, question, track] = ["text", "question", "track"].map((field) => fields.get(field)?.trim());
  if (!text || (question && outbox.asks(question, track))) return;
  outbox.add({ text, question, track });
  if (question) {
    form.querySelector("button").setAttribute("aria-disabled", "true");
    return;
  }
  form.querySelector(".error").textContent = "";
  form.reset();
  ownTyping.over();
  drafts.keepAll(form);
  form.elements.text.focus();
}

/** It was refused, or is old by now: back in the field, in front of what has been begun since. */
function giveBack(text, why) {
  const field = byId("say");
  if (!field) return sayRefused(`${why} ${words("say.refused", { text })}`);
  field.value = [text, field.value].filter(Boolean).join("\n");
  drafts.keep(field);
  field.form.querySelector(".error").textContent = why;
  live.soon();
}

function sayRefused(text) {
  byId("refused").textContent = text;
  live.soon();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-says-it]");
  if (!form) return;
  event.preventDefault();
  say(form);
});
document.addEventListener("input", ({ target }) => target.id === "say" && target.value.trim() && ownTyping.tell());
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("textarea") || event.isComposing) return;
  if (event.key === "Escape" && !event.target.closest("dialog")) scroller.focus();
  if (event.key === "/" && event.target.id === "say" && keysAreOn() && beginsWord(event.target)) {
    event.preventDefault();
    answers.open();
  }
});
document.addEventListener("click", ({ target }) => target.closest("#act-answers") && answers.open());

const beginsWord = ({ value, selectionStart }) => !value[selectionStart - 1]?.trim();

byId("newer").addEventListener("click", () => {
  toEnd();
  scroller.focus();
});
scroller.addEventListener("scroll", () => isAtEnd() && (byId("newer").hidden = true));

armForms({ onDone: () => live.now() });
armDialogs((dialog) => dialog.querySelectorAll(".error").forEach((place) => (place.textContent = "")));
armKeys({ t: "act-claim", s: "say", v: "act-answers", n: "note", k: "to-queue" });
document.addEventListener("saved", ({ target }) => target.id === "close-form" && drafts.forget());
addEventListener("beforeunload", (event) => drafts.unsaved && event.preventDefault());
atHand();
outbox.restore();
if (!location.hash) begin();

/** Who talks with the citizen reads on at the end; who opens a case begins at the citizen's first words. */
function begin() {
  if (byId("say")) return toEnd();
  const first = talk.querySelector(".citizen");
  if (first) scroller.scrollTo({ top: (first.previousElementSibling ?? first).offsetTop - GAP });
}
