// The command map page: the map, the panels, and one selection for all of them.
import { countSoon } from "../frame/counters.js";
import { refresh, settle } from "../core/fragments.js";
import { ask } from "../core/http.js";
import { startEvents } from "./events.js";
import { register } from "../frame/keyboard.js";
import { onFrame } from "../core/live.js";
import { soon } from "../map/layers.js";
import { CommandMap } from "../map/map.js";
import { pastDue } from "../map/shown.js";
import { startTools } from "../map/tools.js";
import { Picking } from "./picking.js";
import { choose, onSelect, query, selection } from "./selection.js";
import { refreshSilent, startSilent } from "./silent.js";
import { closePanels } from "../frame/ui.js";

const frame = document.querySelector("[data-map-frame]");
const PARTS = { left: ["incident"], silent: ["incident", "show"] };

let board = null;
let picking = null;
let popup = null;

/** Each part's address carries what is selected; a change of it is a change of the address. */
function address(part) {
  const element = document.getElementById(part);
  const base = element.dataset.fragment.split("?")[0];
  const rest = query(PARTS[part]);
  element.dataset.fragment = rest ? `${base}?${rest}` : base;
  return element;
}

async function openUnit(code) {
  const unit = board?.units.unit(code);
  popup?.remove();
  popup = null;
  if (!unit?.seat) return;
  const body = document.createElement("div");
  body.className = "map-popup";
  body.append(document.createElement("div"));
  popup = L.popup({ maxWidth: 340, minWidth: 240, autoPanPadding: [24, 24], closeButton: true }).setLatLng([unit.seat[1], unit.seat[0]]).setContent(body);
  popup.on("remove", () => { if (selection().unit === code) choose({ unit: "" }); });
  popup.openOn(board.map);
  const { incident } = selection();
  const answer = await ask(`/board/unit/${code}/${incident ? `?incident=${incident}` : ""}`, { expects: "html" });
  if (answer.kind === "ok") body.innerHTML = answer.text;
  else body.textContent = gettext("This could not be loaded. Close and open it to try again.");
  settle(body);
  popup?.update();
}

function markRows() {
  const { unit, incident } = selection();
  for (const row of document.querySelectorAll("[data-silent]")) row.classList.toggle("selected", Boolean(unit) && row.dataset.unit === unit);
  for (const row of document.querySelectorAll("[data-incident]")) row.classList.toggle("selected", Boolean(incident) && row.dataset.incident === incident);
  for (const counter of document.querySelectorAll("[data-counter]")) {
    const current = selection().show && counter.dataset.counter === selection().show;
    if (current) counter.setAttribute("aria-current", "true");
    else counter.removeAttribute("aria-current");
  }
}

function follow(chosen, before) {
  for (const part of Object.keys(PARTS)) {
    if (PARTS[part].some((name) => chosen[name] !== before[name])) refresh(address(part));
  }
  if (chosen.incident !== before.incident) {
    board?.choose(chosen.incident);
    const place = chosen.incident && board?.incidents.place(chosen.incident);
    if (place && !board.map.getBounds().contains(place)) board.map.panTo(place);
  }
  if (chosen.unit !== before.unit) {
    board?.units.choose(chosen.unit);
    if (chosen.unit) openUnit(chosen.unit);
    else if (popup) popup.remove();
    document.querySelector(`[data-silent][data-unit="${CSS.escape(chosen.unit)}"]`)?.scrollIntoView({ block: "nearest" });
  }
  markRows();
}

/** True for a click that is taken, false for one that is for the map. */
function onUnit(unit, event) {
  if (frame.classList.contains("measuring")) return false;
  if (event.shiftKey || picking.active) picking.toggle(unit);
  else choose({ unit: unit.code });
  return true;
}

function onClick(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-choose-incident], [data-choose-show], [data-choose-unit]");
  if (link) {
    const { chooseIncident, chooseShow, chooseUnit } = link.dataset;
    event.preventDefault();
    if (chooseIncident !== undefined) choose({ incident: chooseIncident, unit: "" });
    if (chooseShow !== undefined) choose({ show: chooseShow });
    if (chooseUnit !== undefined) choose({ unit: chooseUnit });
    return;
  }
  const counter = event.target.closest("[data-counter='silent'], [data-counter='overdue']");
  if (counter) {
    event.preventDefault();
    choose({ show: selection().show === counter.dataset.counter ? "" : counter.dataset.counter });
    return;
  }
  const township = event.target.closest("[data-choose-township]");
  if (township) { picking.toggle(board.units.unit(township.dataset.chooseTownship)); popup?.remove(); return; }
  const row = event.target.closest("[data-silent], .strip-stations [data-unit], .event-line");
  if (row?.dataset.unit && !event.target.closest("a, button, summary, form")) {
    choose({ unit: row.dataset.unit });
    if (board?.units.unit(row.dataset.unit)) closePanels();
  }
}

function onChange(totals) {
  for (const chip of document.querySelectorAll("[data-legend-chip]")) {
    const n = totals[chip.dataset.legendChip] || 0;
    chip.querySelector("[data-legend-count]").textContent = n;
    chip.classList.toggle("none", !n);
  }
}

/** Silence comes by the clock: when the number of the silent grows without an event, the list must follow. */
function watchSilence() {
  let before = 0;
  return (totals, changes) => {
    onChange(totals);
    const silent = pastDue(totals);
    if (silent > before && changes.length) { refreshSilent(); countSoon(); }
    before = silent;
  };
}

function startLegend() {
  const layers = {
    incidents: (on) => board.incidents.show(on, board.map), warnings: (on) => board.warnings.show(on, board.map),
    villages: (on) => frame.classList.toggle("no-villages", !on), names: (on) => frame.classList.toggle("no-names", !on),
  };
  frame.addEventListener("change", (event) => {
    const { layer, layerState } = event.target.dataset;
    if (layerState) board.units.toggleState(layerState, event.target.checked);
    if (layer) layers[layer](event.target.checked);
  });
}

async function startMap() {
  const loading = frame.querySelector("[data-map-loading]");
  const failed = frame.querySelector("[data-map-failed]");
  failed.hidden = true;
  loading.hidden = false;
  const drawn = await board.start();
  loading.hidden = true;
  failed.hidden = drawn;
  if (!drawn) return;
  frame.querySelector("[data-map-note]").hidden = !board.approximate;
  frame.querySelector("[data-map-empty]").hidden = board.home.isValid();
  frame.dataset.ready = "yes";
  const { unit } = selection();
  board.units.choose(unit);
  if (unit) openUnit(unit);
}

function start() {
  board = new CommandMap(document.getElementById("map"), {
    margin: frame.querySelector("[data-map-tools]").offsetWidth + 24, incident: selection().incident, onUnit, onChange: watchSilence(),
    onIncident: (incident) => choose({ incident: String(incident.id), unit: "" }),
  });
  picking = new Picking(board.units, frame);
  startTools(board.map, frame, { home: () => board.fit({ remembered: false }), picking: (button) => picking.toggleTool(button) });
  startLegend();
  startMap();
  frame.querySelector("[data-map-retry]").addEventListener("click", startMap);
  board.map.on("click", () => !frame.classList.contains("measuring") && choose({ unit: "" }));
}

/** A warning or a new incident stands in the panel at once; what only changes its figures may wait for the burst to end. */
const showNews = soon(() => refresh(document.getElementById("left")), 1000);
onFrame((event) => /^(warning\.|incident\.opened)/.test(event.verb) && showNews());

for (const part of Object.keys(PARTS)) address(part);
document.addEventListener("click", onClick);
document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-silent]");
  if (event.key === "Enter" && row === event.target) choose({ unit: row.dataset.unit });
});
document.addEventListener("sanji:settled", markRows);
onSelect(follow);
register("0", gettext("Whole county"), () => board.fit({ remembered: false }));
register("s", gettext("Only the silent"), () => choose({ show: selection().show === "silent" ? "" : "silent" }));
startEvents();
startSilent();
start();
markRows();
