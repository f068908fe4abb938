// Leave at once, from the page around the chat: it is blank before the next one has come, and the next
// one takes its place in the tab's history.

const TWICE_WITHIN_MS = 800;
const FAREWELL_MS = 250; // for the frame to forget what it kept

let gone = false;

function leave() {
  if (gone) return;
  gone = true;
  location.replace(GIVEN.exit);
}

function blank() {
  document.title = "";
  document.documentElement.style.setProperty("display", "none", "important");
}

/** The frame forgets first; where it does not answer, nobody waits for it. */
function leaveWith(frame) {
  blank();
  if (!frame?.ready) return leave();
  frame.tell("leave");
  setTimeout(leave, FAREWELL_MS);
}
