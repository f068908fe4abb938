// Signs that somebody is writing: sent now and then, shown until they stop coming.

const EVERY_MS = 3_000;
const LASTS_MS = 6_000;

/** At most one call in `every` milliseconds; what was being written is sent with `over`. */
export function throttled(act, every = EVERY_MS) {
  let last = -Infinity;
  return {
    tell() {
      if (performance.now() - last < every) return;
      last = performance.now();
      act();
    },
    over() {
      last = -Infinity;
    },
  };
}

export class Typing {
  constructor(onChange) {
    this.onChange = onChange;
    this.on = false;
  }

  heard() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), LASTS_MS);
    this.on = true;
    this.onChange(true);
  }

  stop() {
    if (!this.on) return;
    clearTimeout(this.timer);
    this.on = false;
    this.onChange(false);
  }
}
