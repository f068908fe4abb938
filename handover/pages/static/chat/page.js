// The chat page, put together: one conversation, its feed, its outbox, and what is shown of them.

import { Backoff } from "./backoff.js";
import { Choices, openQuestion, titleFor } from "./choices.js";
import { Composer } from "./composer.js";
import { Callback } from "./callback.js";
import { armDialogs } from "./dialogs.js";
import { Feed } from "./feed.js";
import { Feedback } from "./feedback.js";
import { armHost, host } from "./host.js";
import { armLeaving } from "./leave.js";
import { Log } from "./log.js";
import { memory } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Place } from "./place.js";
import { Receipts } from "./receipts.js";
import { save } from "./save.js";
import * as service from "./service.js";
import { words } from "./texts.js";
import { Typing, throttled } from "./typing.js";
import { View } from "./view.js";

const TELLING_MS = 5_000;
const STATUS_MAY_CHANGE = ["handover", "closing", "crisis"];
const byId = (id) => document.getElementById(id);

const log = new Log(byId("log"));
const view = new View(byId("scroller"), byId("newer"));
const composer = new Composer(byId("composer"), (text) => write(text, text));
const choices = new Choices(byId("choices"), choose);
const feedback = new Feedback(byId("feedback"));
const receipts = new Receipts((how) => feed?.receipt(how));
const typing = new Typing((busy) => showTyping(busy));
const ownTyping = throttled(() => feed.typing());
const place = new Place();
const callback = new Callback(() => feed?.ask());
const opening = new Backoff({ first: 1_000, most: 15_000 });

let conversation = memory.get("conversation") ?? null;
let status = "assistant";
let feed = null;
let outbox = emptyOutbox();
let connected = true;
let read = 0;
let openingTimer = null;

// --- the conversation -------------------------------------------------------

async function begin() {
  if (conversation) return follow();
  const clientId = memory.get("clientId") ?? service.freshId();
  memory.set({ clientId });
  // Forgotten when the citizen has come back by code, or erased it all, while this one was opening.
  const isWanted = () => memory.get("clientId") === clientId;
  try {
    const answer = await service.open(clientId);
    opening.reset();
    if (isWanted()) adopt(answer);
  } catch (error) {
    if (!isWanted()) return;
    showConnection(false, error);
    for (const entry of outbox.entries) log.mark(entry.id, "unsent");
    openingTimer = setTimeout(begin, opening.next());
  }
}

function adopt({ conversation_id: id, token, resume_code: code, status: now, messages, queue }) {
  conversation = { id, token, code };
  memory.set({ conversation, clientId: undefined });
  byId("forgetful").hidden = memory.lasts;
  showCode(byId("forgetful"));
  follow(now, messages, queue);
}

async function follow(now = "assistant", messages = [], queue = null) {
  byId("ended").hidden = true;
  feed = new Feed(conversation, {
    onMessages: receive,
    onStatus: showStatus,
    onSeen: showSeen,
    onQueue: showPlace,
    onTyping: () => typing.heard(),
    onLive: () => receipts.report(),
    onConnection: showConnection,
    onGone: lose,
  });
  outbox.conversation = conversation;
  showStatus(now);
  showPlace(queue);
  showConnection(true);
  receive(messages);
  await feed.start();
  if (!conversation) return;
  for (const entry of outbox.entries) if (!log.unsent.has(entry.id)) log.addUnsent(entry);
  showChoices();
  view.toEnd("instant");
  byId("log").setAttribute("aria-live", "polite");
  outbox.run();
}

/** It takes what is written from the first moment, also before the conversation is open. */
function emptyOutbox() {
  return new Outbox({ onAccepted: accepted, onWaiting: waiting, onBusy: showWriting, onRefused: refused, onGone: lose });
}

function leaveBehind() {
  clearTimeout(openingTimer);
  feed?.stop();
  outbox.stop();
  conversation = feed = null;
  memory.clear();
  outbox = emptyOutbox();
  byId("log").setAttribute("aria-live", "off");
  feedback.hide();
  place.show(null);
  log.clear();
  receipts.clear();
  typing.stop();
  read = 0;
  choices.show(null);
  showWriting(false);
}

function lose() {
  leaveBehind();
  end("gone");
  return false;
}

function end(how) {
  byId("ended-title").textContent = words(`ended.${how}.title`);
  byId("ended-text").textContent = words(`ended.${how}.text`);
  byId("ended").hidden = false;
  byId("ended-save").hidden = how !== "closed";
  if (how === "closed") feedback.show(conversation);
  document.body.dataset.status = "closed";
  byId("status-text").textContent = words("status.closed");
  composer.show(false);
  view.toEnd();
}

function startAnew() {
  leaveBehind();
  byId("ended").hidden = true;
  composer.show(true);
  composer.field.focus();
  begin();
}

// --- messages ---------------------------------------------------------------

function receive(messages) {
  const fresh = messages.filter(({ seq }) => !log.has(seq)).sort((a, b) => a.seq - b.seq);
  if (!fresh.length) return;
  const items = fresh.map((message) => {
    const own = message.sender === "citizen";
    const ownId = own ? outbox.confirm(message) : null;
    return log.add(message, ownId, own ? titleFor(message, log.messages()) : undefined);
  });
  fresh.forEach((message, index) => message.sender === "counsellor" && receipts.came(message, items[index]));
  if (fresh.some(({ sender }) => sender === "counsellor")) typing.stop();
  showSeen(read);
  showChoices();
  const first = items.find((item) => item.dataset.sender !== "citizen");
  if (first) view.follow(first, { behavior: isFilling() ? "instant" : undefined });
  if (first && !isFilling()) host.tell("news");
  if (fresh.some(mayChangeStatus)) feed?.ask();
}

/** The history is being put in: it is neither read out nor scrolled through. */
const isFilling = () => byId("log").getAttribute("aria-live") === "off";

function mayChangeStatus({ sender, kind }) {
  return (sender === "counsellor" && status !== "counsellor") || sender === "system" || STATUS_MAY_CHANGE.includes(kind);
}

function write(text, shown) {
  ownTyping.over();
  log.addUnsent(outbox.add(text, shown, log.highest));
  showChoices();
  view.toEnd();
  outbox.run();
}

function choose({ title, value }, { byKeyboard }) {
  write(value, title);
  // The pressed button is gone: keep the keyboard's place, without opening a phone's keyboard.
  (byKeyboard ? composer.field : byId("scroller")).focus({ preventScroll: true });
}

function accepted(entry, { status: now, messages, queue }) {
  const first = Math.min(log.highest + 1, ...messages.map(({ seq }) => seq));
  log.accepted(entry.id, first - 0.5);
  receive(messages);
  showStatus(now);
  showPlace(queue ?? null);
  if (outbox.entries.includes(entry)) feed.ask();
}

function waiting(entry, error) {
  log.mark(entry.id, "unsent");
  showConnection(false, error);
}

function refused(entry, error) {
  log.drop(entry.id);
  showChoices();
  composer.giveBack(entry.text, words("refused.text"));
  if (error.status !== 422) feed.ask();
}

// --- what is shown ----------------------------------------------------------

function showChoices() {
  const answering = log.unsent.size > 0 || status === "counsellor" || status === "closed";
  choices.show(answering ? null : openQuestion(log.messages()));
}

function showStatus(now) {
  if (!conversation || !words(`status.${now}`)) return;
  const changed = now !== status || document.body.dataset.status !== now;
  status = now;
  if (!changed) return;
  document.body.dataset.status = now;
  typing.stop();
  byId("status-text").textContent = words(`status.${now}`);
  composer.show(now !== "closed");
  byId("ended").hidden = now !== "closed";
  if (now === "closed") end("closed");
  showChoices();
}

function showPlace(queue) {
  if (!conversation) return;
  place.show(queue);
  if (queue) showCode(byId("place"));
}

function showConnection(up, error) {
  if (up === connected && !error) return;
  const line = byId("connection");
  line.textContent = words(up ? "connection.back" : error?.status === 429 ? "connection.busy" : "connection.lost");
  line.dataset.up = up;
  connected = up;
  if (up) receipts.report();
  if (up) setTimeout(() => connected && (line.textContent = ""), TELLING_MS);
}

function showWriting(busy) {
  if (status !== "counsellor") showWriter(busy, "assistant");
}

function showTyping(busy) {
  if (busy && status !== "counsellor") return;
  const atEnd = view.atEnd;
  showWriter(busy, "counsellor");
  if (busy && atEnd) view.toEnd();
}

function showWriter(busy, who) {
  byId("writing-text").textContent = words(`writing.${who}`);
  byId("writing").hidden = !busy || !connected;
}

/** The counsellor has read this far; not who it was. */
function showSeen(through) {
  read = Math.max(read, through);
  if (read) log.showSeen(read);
}

// --- coming back, erasing, leaving ------------------------------------------

async function resume(event) {
  event.preventDefault();
  const field = byId("resume-code");
  const code = field.value.trim().toUpperCase().replace(/\s+/g, "");
  if (!code) return sayResume("empty");
  try {
    const answer = await service.resume(code);
    const unused = conversation && !log.citizenHasWritten ? conversation : null;
    if (unused && unused.id !== answer.conversation_id) service.erase(unused).catch(() => {});
    leaveBehind();
    field.value = "";
    sayResume(null);
    byId("resume").close();
    composer.show(true);
    adopt(answer);
    byId("scroller").focus();
  } catch (error) {
    sayResume(reasonOf(error));
  }
}

function reasonOf(error) {
  if (error.status === 429) return "guessing";
  return error instanceof service.Refused && !error.passing ? "unknown" : "unreachable";
}

function sayResume(reason) {
  byId("resume-error").textContent = reason ? words(`resume.${reason}`) : "";
  byId("resume-code").setAttribute("aria-invalid", reason !== null);
  if (reason) byId("resume-code").focus();
}

async function erase() {
  try {
    if (conversation) await service.erase(conversation);
  } catch (error) {
    if (!error.gone) {
      byId("erase-error").textContent = words("erase.failed");
      return;
    }
  }
  byId("erase").close();
  leaveBehind();
  composer.write("");
  end("erased");
  byId("ended").focus();
}

function prepare(dialog) {
  for (const error of dialog.querySelectorAll(".error")) error.textContent = "";
  byId("own-code").hidden = !conversation?.code;
  byId("offer-save").hidden = !log.highest;
  showCode(dialog);
  if (dialog.id === "callback" && conversation) callback.open(conversation);
}

function showCode(part) {
  part.querySelectorAll("[data-code]").forEach((place) => (place.textContent = conversation?.code ?? ""));
}

/** Opened in its frame: to the field, but not with a phone's keyboard over what is said first. */
function takeFocus() {
  const typing = matchMedia("(pointer: fine)").matches && !composer.form.hidden;
  (typing ? composer.field : byId("scroller")).focus();
}

function comeBack() {
  feed?.nudge();
  outbox.nudge();
}

armDialogs(prepare);
const leave = armLeaving(byId("leave"), () => {
  feed?.stop();
  outbox.stop();
});
byId("close").hidden = !host.framed;
byId("close").addEventListener("click", () => host.tell("close"));
// Not by its address: that would be one more step in the tab's history.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  composer.field.focus();
});
byId("resume-form").addEventListener("submit", resume);
byId("erase-now").addEventListener("click", erase);
byId("save-now").addEventListener("click", () => {
  save(log.messages());
  byId("save").close();
});
byId("start-anew").addEventListener("click", startAnew);
addEventListener("online", comeBack);
addEventListener("offline", () => conversation && showConnection(false));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && comeBack());
composer.field.addEventListener("input", () => {
  if (feed && status === "counsellor" && composer.field.value.trim()) ownTyping.tell();
});
armHost({ onShown: takeFocus, onLeave: leave });
begin();
