// The search dialog: results come as a fragment (htmx), keyboard.js walks through them; here is shown which one Enter opens.

function links(dialog) {
  return [...dialog.querySelectorAll("[data-hit] > a:first-of-type")];
}

function mark(dialog, link) {
  for (const hit of dialog.querySelectorAll("[data-hit]")) hit.toggleAttribute("data-active", hit.contains(link));
}

export function startSearch() {
  const dialog = document.getElementById("search-dialog");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  dialog.addEventListener("focusin", (event) => mark(dialog, event.target === input ? links(dialog)[0] : event.target));
  dialog.addEventListener("htmx:afterSwap", () => mark(dialog, links(dialog)[0]));
  dialog.addEventListener("click", (event) => event.target.closest("[data-hit] a") && dialog.close());
}
