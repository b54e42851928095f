// The triage queue: ticked tickets stay ticked when the list refreshes, and an act over them opens with all of them.
import { register } from "../frame/keyboard.js";

const bar = document.querySelector("[data-bulk]");
const list = document.getElementById("hazard-queue");
const MOST = 500;
const chosen = new Set();

const boxes = () => [...list.querySelectorAll("[data-pick]")];

function show() {
  const all = boxes();
  for (const box of all) {
    box.checked = chosen.has(box.value);
    box.closest("tr").classList.toggle("is-chosen", box.checked);
  }
  const head = list.querySelector("[data-bulk-all]");
  if (head) {
    const ticked = all.filter((box) => box.checked).length;
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
  bar.hidden = chosen.size === 0;
  bar.querySelector("[data-bulk-number]").textContent = chosen.size;
  const query = new URLSearchParams([...chosen].map((id) => ["hazards", id]));
  for (const link of bar.querySelectorAll("[data-bulk-act]")) {
    link.dataset.act = "";
    link.href = `${link.href.split("?")[0]}?${query}`;
  }
}

function tick(box, on) {
  if (on && chosen.size < MOST) chosen.add(box.value);
  else chosen.delete(box.value);
}

function start() {
  list.classList.add("can-pick");
  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick]")) tick(event.target, event.target.checked);
    else if (event.target.matches("[data-bulk-all]")) for (const box of boxes()) tick(box, event.target.checked);
    else return;
    show();
  });
  // What was ticked and is not in the list any more was dealt with, here or elsewhere.
  document.addEventListener("sanji:settled", (event) => {
    if (event.target !== list) return;
    const here = new Set(boxes().map((box) => box.value));
    for (const id of [...chosen]) if (!here.has(id)) chosen.delete(id);
    show();
  });
  bar.querySelector("[data-bulk-none]").addEventListener("click", () => { chosen.clear(); show(); });
  register("x", gettext("Choose this hazard"), () => {
    const box = document.activeElement.closest?.("[data-row]")?.querySelector("[data-pick]");
    if (!box) return;
    tick(box, !chosen.has(box.value));
    show();
  });
  register("h", gettext("Hand the chosen to another unit"), () => chosen.size && bar.querySelector("[data-bulk-act]").click());
  show();
}

if (bar && list) start();
