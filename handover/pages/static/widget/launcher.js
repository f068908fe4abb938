// The button on the municipality's page. Nothing is asked for and nothing is kept until it is pressed.

const TAG = "stime-raadgivning";

class Launcher {
  constructor(wishes) {
    this.news = 0;
    this.lastEscape = -Infinity;
    this.host = document.createElement(TAG);
    this.panel = new Panel({
      onClosed: () => this.closed(),
      onNews: () => this.countNews(),
      onEscape: () => this.escape(performance.now(), true),
      onLeave: (how) => this.leave(how),
    });
    this.panel.colours = wishedColours(wishes);
    this.count = element("span", { className: "count", hidden: true });
    const state = { "aria-expanded": "false", "aria-controls": this.panel.element.id };
    const label = element("span", {}, wishedLabel(wishes));
    this.button = element("button", { type: "button", className: "launcher", ...state }, bubble(), label, this.count);
    this.button.addEventListener("click", () => this.toggle());
    addEventListener("keydown", (event) => this.key(event), { capture: true });
    this.build(wishedSide(wishes));
  }

  build(side) {
    const corner = element("div", { className: "corner" }, emergency(), this.button);
    const whole = element("aside", { className: side, lang: "da", "aria-label": GIVEN.texts.title });
    whole.append(this.panel.element, corner, this.panel.status);
    const root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(GIVEN.sheet);
    root.adoptedStyleSheets = [sheet];
    root.append(whole);
    if (!this.panel.colours) return;
    whole.style.setProperty("--colour", this.panel.colours.colour);
    whole.style.setProperty("--ink-on-colour", this.panel.colours.ink);
  }

  toggle() {
    if (this.panel.open) return this.panel.close();
    this.news = 0;
    this.count.hidden = true;
    this.button.setAttribute("aria-expanded", "true");
    this.panel.show();
  }

  closed() {
    this.button.setAttribute("aria-expanded", "false");
    this.button.focus();
  }

  countNews() {
    this.news += 1;
    this.count.hidden = false;
    this.count.replaceChildren(String(this.news), element("span", { className: "unseen" }, ` ${GIVEN.texts.unread}`));
    this.panel.status.textContent = GIVEN.texts.news;
  }

  key(event) {
    if (event.key !== "Escape" || event.repeat) return;
    const within = this.panel.open && event.composedPath().includes(this.host);
    if (within) event.preventDefault();
    this.escape(event.timeStamp, within);
  }

  /** Once, within the chat, it closes; twice in a row, the second wherever the focus is then, leaves. */
  escape(moment, within) {
    if (moment - this.lastEscape < TWICE_WITHIN_MS) return this.leave();
    if (this.panel.open) this.lastEscape = moment;
    if (within) this.panel.close();
  }

  leave({ forgotten = false } = {}) {
    leaveWith(forgotten ? null : this.panel.frame);
  }
}

function bubble() {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M4 5h16v11H10l-5 4v-4H4z");
  drawing.append(path);
  return drawing;
}

/** Once on a page, however many lines of it there are. */
function mount() {
  if (document.querySelector(TAG)) return;
  if (!GIVEN.hosts.includes(location.origin)) return complain(`${location.origin} står ikke under widget.websteder`);
  document.body.append(canBeStyled() ? new Launcher(wishes).host : plainLink());
}

const canBeStyled = () => "adoptedStyleSheets" in Document.prototype && "replaceSync" in CSSStyleSheet.prototype;

/** For browsers from before 2023: the chat on its own page, in the same tab, with the same quick exit. */
function plainLink() {
  const chat = element("a", { href: `${home}/`, rel: "noreferrer" }, wishedLabel(wishes));
  return element(TAG, {}, element("p", {}, chat, " · ", emergency()));
}

if (document.body) mount();
else addEventListener("DOMContentLoaded", mount);
