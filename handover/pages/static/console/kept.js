// What this browser remembers for every tab of the console: the counsellor's choices about the alarm,
// and what has been told already. Nothing about any citizen.

const KEY = "vagt";

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export const kept = {
  get: (name) => read()[name],

  set(values) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...read(), ...values }));
    } catch {
      // Storage is switched off or full: the choice lasts as long as the page does.
    }
  },
};
