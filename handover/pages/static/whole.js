// A page whose modules did not come looks whole, and nothing in it answers. It says so, and is fetched
// again when they can be had. What is written waits in the history's entry: a frame on a foreign page
// has no other storage.

{
  const FIRST_MS = 1_000;
  const MOST_MS = 30_000;
  const { missing: { tries = 0, written = {} } = {}, ...rest } = history.state ?? {};
  const parsed = new Promise((done) => addEventListener("DOMContentLoaded", done));
  let touched = false;
  let fetching = false;

  const later = (pause) => new Promise((done) => setTimeout(done, pause));
  const canBeHad = (script) => fetch(script, { cache: "reload" }).then(({ ok }) => ok, () => false);
  const fields = () => [...document.querySelectorAll("textarea[id], input[id]:not([type=password], [type=hidden])")];
  const wordsNow = () =>
    Object.fromEntries(fields().filter((field) => field.value !== field.defaultValue).map(({ id, value }) => [id, value]));

  async function fetchAgain(script) {
    if (fetching) return;
    fetching = true;
    await parsed;
    const line = document.querySelector("#connection, #live");
    if (line) line.textContent = document.getElementById("texts").content.querySelector("[data-text=unfinished]").textContent;
    const pause = Math.min(FIRST_MS * 2 ** tries, MOST_MS);
    do await later(pause);
    while (!(await canBeHad(script)));
    if (!line && touched) return; // a form that works without scripts
    history.replaceState({ ...rest, missing: { tries: tries + 1, written: wordsNow() } }, "");
    location.reload();
  }

  addEventListener("error", ({ target }) => target.type === "module" && fetchAgain(target.src), true);
  addEventListener("input", () => (touched = true), true);
  addEventListener("DOMContentLoaded", () => {
    if (history.state?.missing) history.replaceState(rest, "");
    for (const [id, text] of Object.entries(written)) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}
