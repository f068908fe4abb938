// The page around this one, when the chat is shown in a frame on a municipality's site. It is told what
// happens, never what is said. Only listed sites can be there (frame-ancestors).

const around = window.parent === window ? null : window.parent;
let answered = false;

export const host = {
  get framed() {
    return around !== null;
  },

  /** Our launcher is there: it closes, and it leaves for the whole tab. */
  get listening() {
    return answered;
  },

  tell(what) {
    around?.postMessage({ chat: what }, "*");
  },
};

export function armHost({ onShown, onLeave }) {
  if (!around) return;
  addEventListener("message", ({ source, data }) => {
    if (source !== around) return;
    if (data?.chat === "host") greet(data.colours);
    else if (data?.chat === "shown") onShown();
    else if (data?.chat === "leave") onLeave();
  });
  host.tell("ready");
}

/** The launcher has checked that the colours can be read on each other. */
function greet(colours) {
  answered = true;
  if (!colours) return;
  document.documentElement.style.setProperty("--bar", colours.colour);
  document.documentElement.style.setProperty("--on-bar", colours.ink);
}
