// The chat in its frame: asked for when it is opened, known to work when it says so itself. A frame that
// could not be loaded tells nobody, so silence counts as failure.

const PATIENCE_MS = 10_000;
const GRACE_MS = 1_000; // between a frame's load event and its word

class Frame {
  constructor({ onReady, onFailed, onTold }) {
    Object.assign(this, { onReady, onFailed, onTold });
    this.ready = false;
    this.element = element("iframe", { src: `${home}${GIVEN.frame}`, title: GIVEN.texts.title, referrerPolicy: "no-referrer" });
    this.element.addEventListener("load", () => this.giveUpIn(GRACE_MS));
    this.hear = (event) => this.heard(event);
    addEventListener("message", this.hear);
    this.giveUpIn(PATIENCE_MS);
  }

  heard({ source, origin, data }) {
    if (source !== this.element.contentWindow || origin !== home) return;
    if (data?.chat === "ready") this.begin();
    else if (data?.chat) this.onTold(data.chat);
  }

  begin() {
    clearTimeout(this.timer);
    this.ready = true;
    this.onReady();
  }

  tell(what, more = {}) {
    if (this.ready) this.element.contentWindow?.postMessage({ chat: what, ...more }, home);
  }

  giveUpIn(pause) {
    clearTimeout(this.timer);
    if (!this.ready) this.timer = setTimeout(() => this.onFailed(), pause);
  }

  remove() {
    clearTimeout(this.timer);
    removeEventListener("message", this.hear);
    this.element.remove();
  }
}
