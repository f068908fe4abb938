// Who included this script, and where it came from. `GIVEN` is put in front by the service: texts,
// numbers to call, the style sheet, the sites that may show the chat, and where quick exit leads.

const line = document.currentScript;
const home = new URL(line.src).origin;
const wishes = line.dataset;

const complain = (text) => console.warn(`Chatten fra ${home}: ${text}`);

/** `element("p", {className: "lead"}, "Hej")`; text becomes text, never markup. */
function element(name, values = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(values)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}
