// Fragments that follow the county's events: <div data-fragment data-hears="incident:7"> is fetched again from the page's
// own address (or data-fragment="URL") when a frame concerns it. data-hears: "incident:7", "order:3", "assignment:9",
// "incident:" (any of the kind), or "mine" (every assignment). Branches with data-lazy load when they are opened.
import { now } from "./clock.js";
import { refreshTimes } from "./countdown.js";
import { ask, fragmentOf } from "./http.js";
import { merge } from "./merge.js";
import { steady } from "./steady.js";

const PAUSE = 400;
const LONGEST = 2000;
const waiting = new Map();
const loaded = new WeakMap();
const stands = new WeakMap();
let asked = 0;

/** Whether a live frame speaks of what `hears` names. */
export function concerns(frame, hears) {
  const card = frame.card || {};
  return hears.split(" ").some((name) => {
    const [kind, id] = name.split(":");
    if (kind === "mine") return /^(assignment|order):/.test(frame.subject);
    if (!id) return frame.subject.startsWith(`${kind}:`) || (kind === "incident" && card.incident != null);
    return frame.subject === name || String(card[kind] ?? "") === id;
  });
}

/** Takes a live frame: every fragment that it concerns is fetched again soon. */
export function onFrame(frame) {
  for (const element of document.querySelectorAll("[data-fragment]")) {
    if (concerns(frame, element.dataset.hears || "")) soon(element);
  }
}

export function refreshAll() {
  for (const element of document.querySelectorAll("[data-fragment]")) refresh(element);
}

/** Debounce: frames come in bursts, so fetch once after a short silence, but no later than two seconds after the first. */
function soon(element) {
  const known = waiting.get(element) || { since: performance.now() };
  clearTimeout(known.timer);
  known.timer = setTimeout(() => refresh(element), Math.max(0, Math.min(PAUSE, known.since + LONGEST - performance.now())));
  waiting.set(element, known);
}

async function load(url) {
  const answer = await ask(url, { expects: "html" });
  if (answer.redirect && answer.kind === "ok") location.assign(answer.redirect);
  if (answer.kind !== "ok" || answer.status === 204) throw new Error(`${url}: ${answer.kind} ${answer.status}`);
  return fragmentOf(answer.text);
}

const addressOf = (element) => element.dataset.fragment || location.pathname + location.search;

/** Stale responses are dropped: those requested before what is shown now, or for another address. */
export async function refresh(element) {
  waiting.delete(element);
  const address = addressOf(element);
  const turn = (asked += 1);
  try {
    const content = await load(address);
    await steady();
    if (turn < (stands.get(element) ?? 0) || address !== addressOf(element)) return;
    stands.set(element, turn);
    merge(element, content);
  } catch {
    if (address !== addressOf(element)) return;
    // The page tries again (page.js), and the badge counts from here.
    if (element.isConnected) element.dispatchEvent(new CustomEvent("sanji:missed", { bubbles: true }));
    return;
  }
  if (!element.isConnected) return;
  settle(element);
  for (const branch of element.querySelectorAll("details[data-lazy][open]")) {
    if (loaded.get(branch) !== shown(branch)) open(branch);
  }
}

/** The person's own act has put something newer here: what was asked for before it is dropped, and asked for once more. */
export function newer(element) {
  const fragment = element.closest("[data-fragment]");
  if (!fragment) return;
  stands.set(fragment, (asked += 1));
  soon(fragment);
}

/** After inserting: moving times show this second, and listeners learn of it. */
export function settle(element) {
  refreshTimes(now(), element);
  element.dispatchEvent(new CustomEvent("sanji:settled", { bubbles: true }));
}

const shown = (branch) => `${branch.dataset.lazy} ${branch.dataset.stamp}`;

async function open(branch) {
  const body = branch.querySelector(":scope > [data-keep]");
  const wanted = shown(branch);
  loaded.set(branch, wanted);
  try {
    merge(body, await load(branch.dataset.lazy));
    settle(body);
  } catch {
    loaded.delete(branch);
    body.textContent = gettext("This could not be loaded. Close and open it to try again.");
  }
}

export function startFragments() {
  document.addEventListener("toggle", (event) => {
    const branch = event.target;
    if (branch.matches?.("details[data-lazy]") && branch.open && loaded.get(branch) !== shown(branch)) open(branch);
  }, true);
}
