// A message's text as nodes: paragraphs, lists, numbers that can be called, the code in its own type.
// Text becomes text nodes only; nothing a person wrote is ever read as markup.

const BULLET = /^\s*[-•*]\s+/;
const PROGRESS_WORDS = "\\(?spørgsmål (\\d{1,2}) af (?:ca\\.? ?)?(\\d{1,2})\\)?";
const PROGRESS = [
  new RegExp(`^\\s*${PROGRESS_WORDS}\\s*[:.,–-]?\\s*`, "i"),
  new RegExp(`\\s*${PROGRESS_WORDS}\\.?\\s*$`, "i"),
];
// Emergency short numbers, 116 numbers, and eight digits in the groups people write them in.
const PHONE = /(?<![\d-])(?:11[24]|116 ?\d{3}|1813|1888|\d{2} ?\d{2} ?\d{2} ?\d{2}|\d{2} ?\d{3} ?\d{3})(?![\d-])/;
const CODE = /\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{2}\b/;
const LINK = /https:\/\/[^\s<>"]+[^\s<>".,;:!?)]/;
const SPECIAL = new RegExp(`(${LINK.source})|(${CODE.source})|(${PHONE.source})`, "g");

/** {number, about, text}: the progress lifted out of the text, or null and the text as it was. */
export function progressOf(message) {
  if (message.progress) return { ...message.progress, text: message.text };
  for (const pattern of PROGRESS) {
    const hit = message.text.match(pattern);
    const rest = message.text.replace(pattern, "");
    if (hit && rest.trim()) return { number: Number(hit[1]), about: Number(hit[2]), text: capital(rest) };
  }
  return { number: null, about: null, text: message.text };
}

export function paragraphs(text, { plain = false } = {}) {
  const fragment = document.createDocumentFragment();
  for (const block of text.trim().split(/\n\s*\n/)) fragment.append(...blockNodes(block.split("\n"), plain));
  return fragment;
}

function blockNodes(lines, plain) {
  const nodes = [];
  for (const line of lines) {
    const listed = !plain && BULLET.test(line);
    const last = nodes.at(-1);
    if (listed && last?.tagName === "UL") last.append(item(line));
    else if (listed) nodes.push(element("ul", item(line)));
    else if (last?.tagName === "P") last.append(document.createElement("br"), ...inline(line, plain));
    else nodes.push(element("p", ...inline(line, plain)));
  }
  return nodes;
}

const item = (line) => element("li", ...inline(line.replace(BULLET, ""), false));

function inline(line, plain) {
  if (plain) return [line];
  const nodes = [];
  let end = 0;
  for (const hit of line.matchAll(SPECIAL)) {
    nodes.push(line.slice(end, hit.index), special(hit));
    end = hit.index + hit[0].length;
  }
  return [...nodes, line.slice(end)];
}

function special([text, link, code]) {
  if (code) return Object.assign(element("strong", text), { className: "code" });
  const anchor = element("a", text);
  if (link) Object.assign(anchor, { href: link, rel: "noopener noreferrer", target: "_blank" });
  else Object.assign(anchor, { href: `tel:${text.replaceAll(" ", "")}`, className: "phone" });
  return anchor;
}

export function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

const capital = (text) => text.charAt(0).toLocaleUpperCase("da") + text.slice(1);
