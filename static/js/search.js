// The search dialog: results come as a fragment (htmx), the arrow keys go through them, Enter opens the first or the focused.

function links(dialog) {
  return [...dialog.querySelectorAll("[data-hit] > a:first-of-type")];
}

function mark(dialog, link) {
  for (const hit of dialog.querySelectorAll("[data-hit]")) hit.toggleAttribute("data-active", hit.contains(link));
  link?.scrollIntoView({ block: "nearest" });
}

/** Below the input comes the first hit, above the first hit the input. */
function move(dialog, input, by) {
  const stops = [input, ...links(dialog)];
  const here = Math.max(0, stops.indexOf(document.activeElement));
  stops[Math.min(stops.length - 1, Math.max(0, here + by))].focus();
}

function onKey(event, dialog, input) {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    move(dialog, input, step);
  } else if (event.key === "Enter" && event.target === input) {
    event.preventDefault();
    links(dialog)[0]?.click();
  } else if (event.key.length === 1 && event.target !== input && !event.ctrlKey && !event.metaKey) input.focus();
}

export function startSearch() {
  const dialog = document.getElementById("search-dialog");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  dialog.addEventListener("keydown", (event) => onKey(event, dialog, input));
  dialog.addEventListener("focusin", (event) => mark(dialog, event.target === input ? links(dialog)[0] : event.target));
  dialog.addEventListener("htmx:afterSwap", () => mark(dialog, links(dialog)[0]));
  dialog.addEventListener("click", (event) => event.target.closest("[data-hit] a") && dialog.close());
}
