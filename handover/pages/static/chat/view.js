// Where the reader is: stay at the newest message, unless they have gone up to read.

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class View {
  constructor(scroller, newer) {
    this.scroller = scroller;
    this.newer = newer;
    this.atEnd = true;
    this.end = Object.assign(document.createElement("div"), { className: "end" });
    scroller.firstElementChild.append(this.end);
    new IntersectionObserver(([entry]) => this.moved(entry.isIntersecting)).observe(this.end);
    new ResizeObserver(() => this.atEnd && this.toEnd("instant")).observe(scroller);
    newer.addEventListener("click", () => this.toEnd());
  }

  moved(atEnd) {
    this.atEnd = atEnd;
    if (atEnd) this.newer.hidden = true;
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
    this.end.scrollIntoView({ block: "end", behavior });
  }

  get room() {
    return Math.min(this.scroller.clientHeight, innerHeight) - 16;
  }
}

const pace = () => (calm.matches ? "instant" : "smooth");
