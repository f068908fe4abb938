// The alarm: a new case is heard once, an urgent one every half minute until somebody takes it.

import { words } from "../chat/texts.js";
import { kept } from "./kept.js";
import { notices } from "./notices.js";
import { sound } from "./sound.js";
import { showCount } from "./title.js";
import { Watch } from "./watch.js";

const AGAIN_MS = 30_000;
const SOUND_LOCK = "vagt-lyd";
const calls = "BroadcastChannel" in window ? new BroadcastChannel("vagt-kald") : null;
const line = document.getElementById("alarm-line");
const soundButton = document.getElementById("alarm-sound");
const noticesButton = document.getElementById("alarm-notices");

new Watch({ onState: hear, onLost: () => say(words("alarm.lost"), true) });
if (calls) calls.onmessage = ({ data }) => ring(data);
soundButton.addEventListener("click", turnSound);
noticesButton.addEventListener("click", turnNotices);
addEventListener("storage", paint);
for (const act of ["pointerdown", "keydown"]) addEventListener(act, wake, { capture: true });
document.getElementById("alarm").hidden = false;
paint();
wake();

function hear(state, leads) {
  showCount(state);
  const text = saying(state);
  say(line.dataset.queue === undefined ? text : "", false);
  if (leads) tell(state, text);
  if (leads) remind(state);
}

/** What is to be followed up is told once a day, and only where it can be seen. */
function remind({ due }) {
  if (!due) notices.clear("due");
  const today = `${new Date().toDateString()} ${document.body.dataset.drafts}`;
  if (!due || !notices.on || kept.get("reminded") === today) return;
  kept.set({ reminded: today });
  notices.show("due", words(due === 1 ? "notice.due.one" : "notice.due.many", { count: due }));
}

function saying({ urgent, since }) {
  if (!urgent.length) return "";
  return words(urgent.length === 1 ? "alarm.one" : "alarm.many", { count: urgent.length, since });
}

/** Only the tab that listens decides, and remembers for the tab that will listen after it. */
function tell(state, text) {
  const kind = due(state);
  if (!state.urgent.length) notices.clear("urgent");
  if (!kind) return;
  calls?.postMessage(kind);
  ring(kind);
  notices.show(kind, kind === "urgent" ? text : words("notice.new"));
}

function due({ urgent, newest }) {
  const before = { urgent: [], newest, rang: 0, ...kept.get("told") };
  const unheard = urgent.some((one) => !before.urgent.includes(one));
  const again = urgent.length > 0 && Date.now() - before.rang >= AGAIN_MS;
  const kind = unheard || again ? "urgent" : newest > before.newest ? "calm" : null;
  const rang = kind === "urgent" ? Date.now() : before.rang;
  kept.set({ told: { urgent, newest: newest > before.newest ? newest : before.newest, rang } });
  return kind;
}

/** One tab sounds, among those that may. */
function ring(kind) {
  if (!sound.on || sound.held) return;
  if (!navigator.locks) return void sound.ring(kind);
  navigator.locks.request(SOUND_LOCK, { ifAvailable: true }, (free) => free && sound.ring(kind));
}

async function turnSound() {
  sound.turn(!sound.on || sound.held);
  await wake();
  if (sound.on) sound.ring("calm");
}

async function turnNotices() {
  await notices.turn(!notices.on);
  paint();
}

async function wake() {
  await sound.wake();
  paint();
}

function paint() {
  soundButton.textContent = words(sound.held ? "alarm.held" : sound.on ? "alarm.sound.off" : "alarm.sound.on");
  noticesButton.hidden = !notices.possible;
  noticesButton.setAttribute("aria-disabled", notices.denied);
  const name = notices.denied ? "denied" : notices.on ? "off" : "on";
  noticesButton.textContent = words(`alarm.notices.${name}`);
}

function say(text, lost) {
  const place = line.querySelector("span");
  if (place.textContent !== text) place.textContent = text;
  line.classList.toggle("shown", Boolean(text));
  line.querySelector("a").hidden = !text || lost || line.dataset.queue !== undefined;
}
