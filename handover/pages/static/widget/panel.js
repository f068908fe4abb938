// What opens: the frame with the chat, and under it what is seen until that has come, or if it does not:
// whom to call, the way out, and trying again.

class Panel {
  constructor({ onClosed, onNews, onEscape, onLeave }) {
    Object.assign(this, { onClosed, onNews, onEscape, onLeave });
    this.frame = null;
    this.colours = null;
    this.title = element("h2", { tabIndex: -1 });
    this.again = element("button", { type: "button", className: "again", hidden: true }, GIVEN.texts.again);
    this.again.addEventListener("click", () => this.load());
    this.status = element("p", { className: "unseen", role: "status" });
    this.element = element("dialog", { id: "panel", className: "panel", "aria-label": GIVEN.texts.title }, this.waiting());
    this.element.addEventListener("close", () => this.onClosed());
  }

  get open() {
    return this.element.open;
  }

  waiting() {
    const out = element("a", { href: GIVEN.exit, className: "leave" }, GIVEN.texts.leave);
    out.addEventListener("click", (event) => {
      event.preventDefault();
      this.onLeave();
    });
    const close = element("button", { type: "button", className: "close" }, GIVEN.texts.close);
    close.addEventListener("click", () => this.close());
    const bar = element("div", { className: "bar" }, emergency(), out, close);
    const lines = element("ul", {}, ...GIVEN.lines.map(lineToCall));
    return element("div", { className: "waiting" }, bar, this.title, this.again, element("p", {}, GIVEN.texts.call), lines);
  }

  /** On a small screen it takes all of it, and the page behind is out of reach. */
  show() {
    if (matchMedia(GIVEN.small).matches) this.element.showModal();
    else this.element.show();
    this.title.focus();
    if (!this.frame || this.again.hidden === false) this.load();
    else this.enter();
  }

  close() {
    this.element.close();
  }

  load() {
    this.frame?.remove();
    this.say(GIVEN.texts.opening, false);
    this.frame = new Frame({
      onReady: () => this.enter(),
      onFailed: () => this.say(GIVEN.texts.failed, true),
      onTold: (what) => this.told(what),
    });
    this.element.append(this.frame.element);
  }

  enter() {
    if (!this.frame.ready) return;
    this.say("", false);
    this.frame.element.classList.add("ready");
    this.frame.tell("host", { colours: this.colours });
    if (!this.open) return;
    this.frame.element.focus();
    this.frame.tell("shown");
  }

  say(text, failed) {
    if (!failed && this.again.matches(":focus")) this.title.focus();
    this.title.textContent = text;
    this.again.hidden = !failed;
    this.status.textContent = failed ? text : "";
  }

  told(what) {
    if (what === "leave") this.onLeave({ forgotten: true });
    else if (what === "escape") this.onEscape();
    else if (what === "close") this.close();
    else if (what === "news" && !this.open) this.onNews();
  }
}

/** The question before the number is read out everywhere, but seen only where there is room. */
function emergency() {
  const question = element("span", { className: "question" }, `${GIVEN.texts.danger} `);
  return element("a", { href: "tel:112", className: "emergency" }, element("span", {}, question, GIVEN.texts.emergency));
}

function lineToCall({ name, when, number }) {
  const call = element("a", { href: `tel:${number.replaceAll(" ", "")}` }, number);
  return element("li", {}, element("span", {}, element("strong", {}, name), ` ${when}`), call);
}
