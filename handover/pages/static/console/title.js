// The page's title, with how many wait in front of it.

const COUNT = /^\(\d+( akut)?\) /;
let count = null;

/** `titled("(1) Henvendelser")` -> "(2 akut) Henvendelser", once that is known */
export const titled = (title) => (count === null ? title : count + title.replace(COUNT, ""));

export function showCount({ waiting, urgent }) {
  count = urgent.length ? `(${urgent.length} akut) ` : waiting ? `(${waiting}) ` : "";
  document.title = titled(document.title);
}
