// The page's words stand in its template; scripts only name them.

const found = new Map(
  [...document.getElementById("texts").content.querySelectorAll("[data-text]")].map((element) => [
    element.dataset.text,
    element.textContent,
  ]),
);

/** `words("progress", {number: 4, about: 9})` -> "Spørgsmål 4 af ca. 9" */
export function words(name, values = {}) {
  return (found.get(name) ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}
