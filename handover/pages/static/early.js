// What is pressed before the page's modules are there is kept, and done when they are: nobody presses
// in vain. Not a module itself, so that it is there before anything can be pressed.

{
  const kept = new Map();
  const keep = (event) => {
    const { target, submitter } = event;
    if (event.type === "submit") {
      if (target.hasAttribute("action")) return; // the browser sends it
      event.preventDefault();
      kept.set(target, () => target.requestSubmit(submitter));
    } else {
      const opener = target.closest?.("[data-opens]");
      if (opener) kept.set(opener, () => opener.click());
    }
  };
  const acts = ["submit", "click"];
  for (const act of acts) addEventListener(act, keep, true);
  // Modules have run by then.
  addEventListener("DOMContentLoaded", () => {
    for (const act of acts) removeEventListener(act, keep, true);
    for (const again of kept.values()) again();
  });

  // Leaving waits for nothing.
  addEventListener("click", (event) => {
    const link = event.target.closest?.("#leave");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    try {
      sessionStorage.clear();
    } catch {
      // A frame that is refused its storage has nothing in it.
    }
    top.location.replace(link.href);
  });
}
