// The live line of every page: one socket, one cursor (DESIGN law 7). What the page shows is never older than the badge says.
//
//   live.js gives onFrame, onReset, isNewer, hold and release. (An import written out here would be rewritten to its own hash.)
//   onFrame((frame) => …)          every event once, in order of arrival: {seq, at, verb, subject, unit, card}
//   onReset(() => …)               too much was missed to replay: fetch the state anew
//   isNewer(subject, seq)          whether a card of this seq may replace what is shown; remembers it when it may
//   hold("feed") / release("feed") what follows from a frame could not be fetched: the badge says since when it is missing
import { now, setServerTime } from "./clock.js";
import { setLive } from "./ui.js";

const BEAT_LATE = 12_500; // the server beats every 10 s
const DEAD = 25_000;
const POLL_EVERY = 3_000;
const POLL_AFTER_FAILURES = 2;
const SETTLE = 800; // what was missed arrives right after the socket has opened; only then is the page live
const LONGEST_WAIT = 30_000;
const REMEMBERED = 5_000;

const root = document.querySelector("[data-live]");
const hearers = { frame: new Set(), reset: new Set() };
const seen = new Set();
const newest = new Map();
const holds = new Map();

let cursor = Number(root?.dataset.liveSeq || 0);
let heardAt = Date.now();
let socket = null;
let opened = 0;
let failures = 0;
let retry = 0;
let poll = 0;
let polledWell = true;
let refused = false;

function hearing(kind) {
  return (callback) => {
    hearers[kind].add(callback);
    return () => hearers[kind].delete(callback);
  };
}

export const onFrame = hearing("frame");
export const onReset = hearing("reset");

/** The newest seq that this page has. */
export function liveCursor() {
  return cursor;
}

/** True once for each newer card of a subject; a card that is older than what was taken before is refused. */
export function isNewer(subject, seq) {
  if (seq <= (newest.get(subject) ?? -1)) return false;
  newest.set(subject, seq);
  return true;
}

/** Something that should have been fetched was not: the badge counts from here until it is released. */
export function hold(name) {
  if (!holds.has(name)) holds.set(name, now());
  show();
}

export function release(name) {
  if (holds.delete(name)) show();
}

/** Corrects the page's clock by the time that an answer of the server carries. */
export function heedClock(response, sentAt) {
  const stamp = Date.parse(response.headers.get("X-Sanji-Now") || "");
  if (!Number.isFinite(stamp)) return;
  const middle = (Date.now() - sentAt) / 2;
  if (Math.abs(stamp + middle - now()) > 1500) setServerTime(stamp + middle);
}

function tell(kind, detail) {
  for (const callback of hearers[kind]) {
    try {
      callback(detail);
    } catch (error) {
      console.error(error);
    }
  }
}

function remember(seq) {
  if (seen.has(seq)) return false;
  seen.add(seq);
  if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
  return true;
}

function take(frame) {
  if (!Number.isFinite(frame.seq) || !remember(frame.seq)) return;
  cursor = Math.max(cursor, frame.seq);
  if (frame.exercise == null) tell("frame", frame);
}

async function startOver() {
  try {
    const answer = await fetch("/api/v1/events/", { cache: "no-store" });
    cursor = Math.max(cursor, (await answer.json()).newest);
    tell("reset");
    release("line");
  } catch {
    hold("line");
    setTimeout(startOver, POLL_EVERY);
  }
}

function onMessage(event) {
  heardAt = Date.now();
  const frame = JSON.parse(event.data);
  if (frame.type === "reset") startOver();
  else if (frame.type !== "beat") take(frame);
  show();
}

function connect() {
  clearTimeout(retry);
  if (!root || refused) return;
  drop();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const line = new WebSocket(`${scheme}://${location.host}/ws/live/?after=${cursor}`);
  socket = line;
  line.onopen = () => onOpen(line);
  line.onmessage = (event) => line === socket && onMessage(event);
  line.onclose = (event) => line === socket && onClose(event);
}

function onOpen(line) {
  if (line !== socket) return;
  opened = Date.now();
  setTimeout(() => {
    if (line !== socket || line.readyState !== WebSocket.OPEN) return;
    failures = 0;
    heardAt = Math.max(heardAt, opened);
    stopPolling();
    show();
  }, SETTLE);
}

/** Lets go of the socket without waiting for a network that may be gone. */
function drop() {
  if (!socket) return;
  const old = socket;
  socket = null;
  opened = 0;
  old.onopen = old.onmessage = old.onclose = null;
  try {
    old.close();
  } catch {
    // it never opened
  }
}

function onClose(event) {
  drop();
  if (event.code === 4401) { location.reload(); return; }
  if (event.code === 4403) { refused = true; show(); return; }
  if (event.code === 1013) { connect(); return; }
  failures += 1;
  if (failures >= POLL_AFTER_FAILURES) startPolling();
  const wait = Math.min(LONGEST_WAIT, 500 * 2 ** Math.min(failures, 7));
  retry = setTimeout(connect, wait * (0.5 + Math.random()));
  show();
}

function startPolling() {
  if (poll) return;
  poll = setTimeout(ask, 0);
}

function stopPolling() {
  clearTimeout(poll);
  poll = 0;
}

async function ask() {
  const sentAt = Date.now();
  try {
    const answer = await fetch(`/api/v1/events/?after=${cursor}`, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    if (answer.status === 401 || answer.status === 403) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const { results, newest: last, reset } = await answer.json();
    for (const frame of results) take(frame);
    if (reset) await startOver();
    cursor = Math.max(cursor, last);
    heardAt = Math.max(heardAt, sentAt);
    polledWell = true;
  } catch {
    polledWell = false;
  }
  if (poll) poll = setTimeout(ask, POLL_EVERY);
  show();
}

function isLive() {
  return Boolean(socket && socket.readyState === WebSocket.OPEN && opened && Date.now() - opened >= SETTLE);
}

/** The badge: the oldest thing on the page decides. */
function show() {
  if (!root) return;
  const age = Date.now() - heardAt;
  const missing = Math.min(...holds.values(), Infinity);
  const since = Math.min(now() - age, missing);
  let state = "late";
  const cut = navigator.onLine === false || (failures >= POLL_AFTER_FAILURES && !polledWell);
  if (refused || (cut && !isLive())) state = "offline";
  else if (missing < Infinity) state = "late";
  else if (isLive() && age <= BEAT_LATE) state = "live";
  else if (poll && polledWell && age <= POLL_EVERY * 2.5) state = "polling";
  setLive(state, new Date(since).toISOString());
  root.dataset.liveState = state;
}

function watch() {
  if (socket && Date.now() - Math.max(heardAt, opened || heardAt) > DEAD) {
    failures += 1;
    connect();
  }
  show();
}

/** The network is back, or somebody looks at the page again: at once, not when the next wait is over. */
function wake() {
  if (document.visibilityState === "hidden") return;
  if (!isLive() || Date.now() - heardAt > BEAT_LATE) connect();
  if (poll) { stopPolling(); startPolling(); }
  show();
}

if (root) {
  connect();
  setInterval(watch, 1000);
  addEventListener("online", wake);
  addEventListener("offline", show);
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", wake);
}
