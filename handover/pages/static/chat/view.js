// Where the reader is: stay at the newest message, unless they have gone up to read.

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** What ends a movement: having arrived, or the reader's own hand. */
const STOPS = ["scrollend", "wheel", "touchmove", "pointerdown", "keydown"];

export class View {
  constructor(scroller, newer) {
    this.scroller = scroller;
    this.newer = newer;
    this.inSight = true; // the end is
    this.going = false; // to the end, where it is out of sight on the way
    this.end = Object.assign(document.createElement("div"), { className: "end" });
    scroller.firstElementChild.append(this.end);
    new IntersectionObserver(([entry]) => this.moved(entry.isIntersecting)).observe(this.end);
    new ResizeObserver(() => this.atEnd && this.toEnd("instant")).observe(scroller);
    for (const name of STOPS) addEventListener(name, () => (this.going = false), { capture: true, passive: true });
    newer.addEventListener("click", () => this.toEnd());
  }

  get atEnd() {
    return this.inSight || this.going;
  }

  moved(inSight) {
    this.inSight = inSight;
    if (inSight) this.newer.hidden = true;
  }

  /** New messages have come; `first` is the uppermost. A long answer is shown from its beginning. */
  follow(first, { always = false, behavior } = {}) {
    if (!always && !this.atEnd) {
      this.newer.hidden = false;
      return;
    }
    const height = this.end.getBoundingClientRect().bottom - first.getBoundingClientRect().top;
    if (height > this.room) first.scrollIntoView({ block: "start", behavior: behavior ?? pace() });
    else this.toEnd(behavior);
  }

  toEnd(behavior = pace()) {
    this.newer.hidden = true;
    this.going = true;
    this.end.scrollIntoView({ block: "end", behavior });
  }

  get room() {
    return Math.min(this.scroller.clientHeight, innerHeight) - 16;
  }
}

const pace = () => (calm.matches ? "instant" : "smooth");
