// The search dialog: results come as a fragment (htmx), the arrow keys choose, Enter opens.

function rows(dialog) {
  return [...dialog.querySelectorAll("[data-hit]")];
}

function choose(dialog, row) {
  const input = dialog.querySelector("input");
  for (const other of rows(dialog)) other.setAttribute("aria-selected", String(other === row));
  if (row) {
    input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

function move(dialog, by) {
  const all = rows(dialog);
  if (!all.length) return;
  const here = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  choose(dialog, all[(here + by + all.length) % all.length]);
}

function onKey(event, dialog) {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    move(dialog, step);
  } else if (event.key === "Enter") {
    const chosen = dialog.querySelector("[data-hit][aria-selected='true'] a") || dialog.querySelector("[data-hit] a");
    if (!chosen) return;
    event.preventDefault();
    chosen.click();
  }
}

export function startSearch() {
  const dialog = document.getElementById("search-dialog");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", "search-results");
  input.addEventListener("keydown", (event) => onKey(event, dialog));
  dialog.addEventListener("htmx:afterSwap", () => {
    const all = rows(dialog);
    input.setAttribute("aria-expanded", String(all.length > 0));
    choose(dialog, all[0] || null);
  });
  dialog.addEventListener("click", (event) => event.target.closest("[data-hit] a") && dialog.close());
}
