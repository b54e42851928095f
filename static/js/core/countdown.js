// Countdowns and ages, all updated by one timer a second:
//   [data-waiting="ISO"]    counts up since that moment; class "over" past data-over="ISO"
//   [data-due="ISO"]        counts down to that moment; "soon" in the last quarter or minute, "over" after it
//   [data-ring]             a ring around a [data-due], with data-start="ISO"
//   [data-age="ISO"]        "14 s ago"
import { everySecond } from "./clock.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "4:07", "1:04:07" or "2 d 3 h"; never negative. */
export function span(ms) {
  const total = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(total / 86400);
  const hours = Math.floor((total % 86400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  const two = (n) => String(n).padStart(2, "0");
  if (days) return interpolate(gettext("%(days)s d %(hours)s h"), { days, hours }, true);
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** "14 s ago", "3 min ago", "2 h ago", "4 d ago". */
export function ago(ms) {
  if (!Number.isFinite(ms)) return "";
  if (ms < 1000) return gettext("now");
  const say = (text, n) => interpolate(text, { n: Math.floor(n) }, true);
  if (ms < MINUTE) return say(gettext("%(n)s s ago"), ms / 1000);
  if (ms < HOUR) return say(gettext("%(n)s min ago"), ms / MINUTE);
  if (ms < DAY) return say(gettext("%(n)s h ago"), ms / HOUR);
  return say(gettext("%(n)s d ago"), ms / DAY);
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tone(element, soon, over) {
  element.classList.toggle("soon", soon && !over);
  element.classList.toggle("over", over);
}

function waiting(element, at) {
  put(element, span(at - Date.parse(element.dataset.waiting)));
  if (element.dataset.over) tone(element, false, at > Date.parse(element.dataset.over));
}

function due(element, at) {
  const end = Date.parse(element.dataset.due);
  const left = end - at;
  const start = Date.parse(element.dataset.start || "");
  const warning = Number.isFinite(start) ? Math.max(MINUTE, (end - start) / 4) : MINUTE;
  put(element, left >= 0 ? span(left) : `+${span(-left)}`);
  tone(element, left < warning, left < 0);
  const ring = element.closest("[data-ring]");
  if (ring) turn(ring, left, end - start, left < warning);
}

function turn(ring, left, whole, soon) {
  ring.classList.toggle("ring-hours", Math.abs(left) >= 60 * MINUTE);
  const share = Number.isFinite(whole) && whole > 0 ? Math.min(1, Math.max(0, left / whole)) : 0;
  ring.querySelector(".ring-value").setAttribute("stroke-dasharray", `${left < 0 ? 100 : (share * 100).toFixed(2)} 100`);
  tone(ring, soon, left < 0);
}

/** Refreshes all moving times under a node; call it after inserting rows, so that they never show an old second. */
export function refreshTimes(at, root = document) {
  for (const element of root.querySelectorAll("[data-waiting]")) waiting(element, at);
  for (const element of root.querySelectorAll("[data-due]")) due(element, at);
  for (const element of root.querySelectorAll("[data-age]")) put(element, ago(at - Date.parse(element.dataset.age)));
}

export function startCountdowns() {
  everySecond((at) => refreshTimes(at));
}
