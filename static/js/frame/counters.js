// The counters of the top bar follow the events; a burst of them costs one question.
import { ask } from "../core/http.js";
import { hold, onAnyFrame, onReset, release } from "../core/live.js";

const PAUSE = 700;
const LONGEST = 3_000;
const COUNTED = /^(assignment|order|incident)\./;
const KEYS = ["silent", "overdue", "open_incidents"];

let timer = 0;
let since = 0;

/** Sets a counter of the top bar (silent, overdue, reports_due) wherever it is shown. */
function setCounter(key, value) {
  for (const element of document.querySelectorAll(`[data-counter="${key}"]`)) {
    element.dataset.value = String(value);
    element.querySelector(".counter-value").textContent = String(value);
  }
}

async function fetchCounters() {
  since = 0;
  try {
    const { kind, data: figures } = await ask("/board/counters/", { headers: { Accept: "application/json" }, expects: "json" });
    if (kind !== "ok" || !KEYS.every((key) => Number.isFinite(figures?.[key]))) throw new Error(kind);
    for (const key of KEYS) setCounter(key, figures[key]);
    release("counters");
    document.dispatchEvent(new CustomEvent("sanji:counted", { detail: figures }));
  } catch {
    hold("counters");
    timer = setTimeout(fetchCounters, LONGEST);
  }
}

/** Debounced fetch with jitter: a moment after the last call, at most three seconds after the first. */
export function countSoon() {
  since ||= performance.now();
  clearTimeout(timer);
  const left = since + LONGEST - performance.now();
  timer = setTimeout(fetchCounters, Math.max(0, Math.min(PAUSE + Math.random() * 400, left)));
}

export function startCounters() {
  if (!document.querySelector("[data-counter]")) return;
  onAnyFrame((frame) => COUNTED.test(frame.verb) && countSoon());
  onReset(countSoon);
}
