// The alarm's sound, made on the spot. Browsers let a page sound only once it has been clicked on.

import { kept } from "./kept.js";

const LOUD = 0.35;
const FADE = 0.02;
const LONGEST_MS = 3_000;
const TONES = {
  urgent: [880, 660, 880, 660, 880, 660].map((pitch, turn) => ({ pitch, at: turn * 0.2, lasts: 0.18 })),
  calm: [{ pitch: 587, at: 0, lasts: 0.25 }],
};
let context = null;

export const sound = {
  get on() {
    return Boolean(kept.get("sound"));
  },

  /** The browser holds it back until somebody clicks. */
  get held() {
    return this.on && context?.state !== "running";
  },

  turn(on) {
    kept.set({ sound: on });
  },

  async wake() {
    if (!this.on) return;
    context ??= new AudioContext();
    if (context.state !== "running") await context.resume();
  },

  /** Resolves when it is over. */
  ring(kind) {
    if (!this.on || this.held) return Promise.resolve();
    const last = TONES[kind].map((tone) => play(tone)).at(-1);
    return new Promise((over) => {
      last.onended = over;
      setTimeout(over, LONGEST_MS); // a machine without a loudspeaker never ends a tone
    });
  },
};

function play({ pitch, at, lasts }) {
  const tone = context.createOscillator();
  const gain = context.createGain();
  const begin = context.currentTime + at;
  tone.type = "triangle";
  tone.frequency.value = pitch;
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(LOUD, begin + FADE);
  gain.gain.setValueAtTime(LOUD, begin + lasts - FADE);
  gain.gain.linearRampToValueAtTime(0, begin + lasts);
  tone.connect(gain).connect(context.destination);
  tone.start(begin);
  tone.stop(begin + lasts);
  return tone;
}
