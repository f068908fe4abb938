// Opening and closing by attributes: data-opens="id" and data-closes. Focus returns by itself.

export function armDialogs(onOpen) {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) return show(opener.dataset.opens, onOpen);
    if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
  });
}

function show(id, onOpen) {
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  const dialog = document.getElementById(id);
  onOpen(dialog);
  dialog.showModal();
}
