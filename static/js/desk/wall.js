// The wall: the map that always shows the whole county, and the silent list that turns its pages, since nobody scrolls it.
import { everySecond } from "../core/clock.js";
import { CommandMap } from "../map/map.js";

const PAGE_FOR = 10_000;

let page = 0;
let turnedAt = 0;

/** As many rows as fit; the next ones ten seconds later. */
function turn() {
  const list = document.querySelector("[data-wall-list]");
  if (!list) return;
  const rows = [...list.children];
  for (const row of rows) row.hidden = false;
  const height = rows[0]?.getBoundingClientRect().height || 1;
  const fit = Math.max(1, Math.floor(list.clientHeight / height));
  const pages = Math.ceil(rows.length / fit);
  if (performance.now() - turnedAt >= PAGE_FOR) {
    page += 1;
    turnedAt = performance.now();
  }
  page %= pages;
  for (const [index, row] of rows.entries()) row.hidden = Math.floor(index / fit) !== page;
  const label = document.querySelector("[data-wall-page]");
  if (label) label.textContent = pages > 1 ? `${page * fit + 1}–${Math.min(rows.length, (page + 1) * fit)} / ${rows.length}` : "";
}

async function startMap() {
  const map = new CommandMap(document.getElementById("map"), { quiet: true });
  for (const handler of ["dragging", "scrollWheelZoom", "doubleClickZoom", "touchZoom"]) map.map[handler].disable();
  while (!(await map.start())) await new Promise((resolve) => { setTimeout(resolve, 5_000); });
  document.querySelector("[data-map-note]").hidden = !map.approximate;
  document.getElementById("map").dataset.ready = "yes";
}

everySecond(turn);
document.addEventListener("sanji:settled", turn);
startMap();
