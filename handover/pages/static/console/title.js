// The page's title, with how many wait in front of it.

const COUNT = /^\(\d+( akut)?\) /;
let count = null;

/** `titled("(1) Henvendelser")` -> "(2 akut) Henvendelser", once that is known */
export const titled = (title) => (count === null ? title : count + title.replace(COUNT, ""));

/** What waits for somebody, and what this counsellor has promised to follow up today. */
export function showCount({ waiting, urgent, due }) {
  const calm = waiting + due;
  count = urgent.length ? `(${urgent.length} akut) ` : calm ? `(${calm}) ` : "";
  document.title = titled(document.title);
}
