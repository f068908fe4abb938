// What the municipality asks for with data- attributes. A value that cannot be used is not used, and
// the console says why: nobody loses the chat over a colour.

const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
const READABLE = 4.5; // WCAG 1.4.3
const LONGEST_LABEL = 40;

/** {colour, ink}, or null for the colours of the house. */
function wishedColours({ farve, tekstfarve }) {
  if (!farve) return null;
  for (const value of [farve, tekstfarve ?? farve]) {
    if (!HEX.test(value)) return refuse(`"${value}" er ikke en farve som #0b5f63`);
  }
  const ink = tekstfarve ?? (contrast(farve, "#ffffff") >= contrast(farve, "#000000") ? "#ffffff" : "#000000");
  if (contrast(farve, ink) < READABLE) return refuse(`${ink} kan ikke læses på ${farve}`);
  return { colour: farve, ink };
}

function wishedLabel({ tekst }) {
  const label = (tekst ?? "").trim();
  if (label.length > LONGEST_LABEL) return refuse(`data-tekst er længere end ${LONGEST_LABEL} tegn`) ?? GIVEN.texts.open;
  return label || GIVEN.texts.open;
}

function wishedSide({ side }) {
  if (side && !["hoejre", "venstre"].includes(side)) refuse(`data-side er "hoejre" eller "venstre", ikke "${side}"`);
  return side === "venstre" ? "left" : "right";
}

function refuse(why) {
  complain(why);
  return null;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex) {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : hex.slice(1).match(/../g);
  const [red, green, blue] = digits.map((pair) => {
    const share = parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
