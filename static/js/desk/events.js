// The live feed: new sentences come from the server, a moment after their events; older ones on request.
import { refreshTimes } from "../core/countdown.js";
import { now } from "../core/clock.js";
import { ask, fragmentOf } from "../core/http.js";
import { hold, liveCursor, onFrame, onReset, release } from "../core/live.js";
import { onSelect, query, selection } from "./selection.js";

const PAUSE = 250;
const LONGEST = 1_500;
const KEPT = 200;
const WAIT = 3_000;

let list = null;
let newest = 0;
let timer = 0;
let since = 0;

function rows() {
  return [...list.querySelectorAll("[data-seq]")];
}

function address(parameters) {
  const rest = new URLSearchParams(query(["incident"]));
  for (const [name, value] of Object.entries(parameters)) rest.set(name, value);
  return `${list.dataset.href}?${rest}`;
}

async function load(parameters) {
  const answer = await ask(address(parameters), { expects: "html" });
  if (answer.kind !== "ok" || answer.status === 204) throw new Error(`${answer.kind} ${answer.status}`);
  return fragmentOf(answer.text);
}

async function fetchNew() {
  since = 0;
  const upTo = liveCursor();
  try {
    const fresh = await load({ after: newest });
    newest = Math.max(newest, upTo);
    const lines = [...fresh.querySelectorAll(".event-line")].filter((line) => !document.getElementById(line.id));
    if (lines.length) list.querySelector(".events-none")?.remove();
    for (const line of lines) {
      line.classList.add("row-new");
      newest = Math.max(newest, Number(line.dataset.seq));
    }
    list.prepend(...lines);
    for (const line of rows().filter((row) => row.matches(".event-line")).slice(KEPT)) line.remove();
    refreshTimes(now(), list);
    release("events");
  } catch {
    hold("events");
    timer = setTimeout(fetchNew, WAIT);
  }
}

function soon() {
  since ||= performance.now();
  clearTimeout(timer);
  timer = setTimeout(fetchNew, Math.max(0, Math.min(PAUSE, since + LONGEST - performance.now())));
}

async function startOver() {
  const upTo = liveCursor();
  try {
    const lines = await load({});
    list.replaceChildren(lines);
    newest = upTo;
    release("events");
  } catch {
    hold("events");
    timer = setTimeout(startOver, WAIT);
  }
}

async function older(button) {
  button.setAttribute("aria-busy", "true");
  try {
    const lines = await load({ before: button.dataset.eventsOlder });
    button.closest("li").replaceWith(lines);
  } catch {
    button.removeAttribute("aria-busy");
  }
}

/** Marks the lines of the unit that is selected. */
function mark() {
  const { unit } = selection();
  for (const line of rows()) line.classList.toggle("selected", Boolean(unit) && line.dataset.unit === unit);
}

export function startEvents() {
  list = document.querySelector("[data-events]");
  if (!list) return;
  newest = liveCursor();
  onFrame(soon);
  onReset(startOver);
  onSelect((chosen, before) => {
    if (chosen.incident !== before.incident) startOver().then(mark);
    else mark();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-events-older]");
    if (button) older(button);
  });
  mark();
}
