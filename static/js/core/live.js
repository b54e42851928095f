// The live connection of every page: one WebSocket, one cursor (docs/laws.md 10). What the page shows is never older
// than the badge says: it is live only while the server's beat is heard; else the same cursor is asked for by polling,
// beside further sockets.
//
//   live.js gives onFrame, onReset, isNewer, hold and release. (An import written out here would be rewritten to its own hash.)
//   onFrame((frame) => …)          every event of the page's world (world.js) once, in order of arrival: {seq, at, verb, subject,
//                                  unit, card, exercise}; onAnyFrame takes those of every world, for what is only fetched anew
//   onReset(() => …)               too much was missed to replay: fetch the state anew
//   isNewer(subject, seq)          whether a card of this seq may replace what is shown; remembers it when it may
//   hold("part") / release("part") what follows from a frame could not be fetched: the badge says since when it is missing
import { setLive } from "./badge.js";
import { heed, now } from "./clock.js";
import { ask, json, signedOut } from "./http.js";
import { Pace, between } from "./pace.js";
import { isOfThisPage } from "./world.js";

const BEAT_LATE = 12_500; // the server beats every 10 s, for the first time when it has sent what was missed
const DEAD = 25_000;
const GREETING = 10_000; // a socket that has not been heard after this is given up
const SILENCE = [15_000, 20_000]; // without a beat for so long, polling begins
const POLL_WAITS = [3_000, 15_000, 2.3]; // first, longest, growth
const POLL_LATE = 30_000;
const POLL_AFTER_FAILURES = 2;
const COME_BACK = [500, 5_000]; // all who were cut off at once come back within this
const LONGEST_WAIT = 30_000;
const MOST_TRIES = 10; // sockets and polls together, in a minute
const WAKES = 1_000; // beside these, what a person asks for by looking or by a network that is back, once in so long
const STEP = 5_000; // a clock that differs by this from the monotonic one: the device slept, or its clock was set
const REMEMBERED = 5_000;

const root = document.querySelector("[data-live-seq]");
const hearers = { frame: new Set(), reset: new Set() };
const seen = new Set();
const newest = new Map();
const holds = new Map();
const timers = new Map();
const pace = new Pace(MOST_TRIES);
const ago = (moment) => performance.now() - moment;

const epoch = root?.dataset.liveEpoch || "";
let cursor = Number(root?.dataset.liveSeq || 0);
let socket = null;
let triedAt = 0;
let aliveAt = 0; // anything came through this socket
let greeted = false; // its first beat was heard: what was missed has come
let freshAt = performance.now(); // what the page shows is of then
let failures = 0;
const patience = between(...SILENCE);
let polling = 0; // the wait before the next poll; 0 while the socket is heard
let polledAt = -Infinity;
let doubted = false;
let skew = Date.now() - performance.now();
let refused = false;
let wokenAt = -Infinity;

function hearing(kind) {
  return (callback) => {
    hearers[kind].add(callback);
    return () => hearers[kind].delete(callback);
  };
}

export const onAnyFrame = hearing("frame");
export const onFrame = (callback) => onAnyFrame((frame) => isOfThisPage(frame) && callback(frame));
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
  if (!holds.has(name)) holds.set(name, performance.now());
  show();
}

export function release(name) {
  if (holds.delete(name)) show();
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

// What comes --------------------------------------------------------------------------------------------------------

function remember(seq) {
  if (seen.has(seq)) return false;
  seen.add(seq);
  if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
  return true;
}

function take(frame) {
  if (!Number.isSafeInteger(frame?.seq) || typeof frame.verb !== "string" || typeof frame.subject !== "string") return;
  if (!remember(frame.seq)) return;
  cursor = Math.max(cursor, frame.seq);
  tell("frame", frame);
}

/** A backup was restored meanwhile: numbers and things of before may be others now. All pages come anew, spread a little. */
function heedEpoch(told) {
  if (!epoch || !told || told === epoch) return;
  hold("anew"); // what stands here is of before: not live any more from this moment on
  clearTimeout(timers.get("anew"));
  timers.set("anew", setTimeout(() => location.reload(), between(0, 2000)));
}

/** The journal's newest number as the server tells it. It never falls; where it has, the page is of another county. */
function advance(told, asked) {
  if (!Number.isSafeInteger(told) || told < 0) throw new Error(`no seq: ${told}`);
  if (told < asked) location.reload();
  else cursor = Math.max(cursor, told);
}

async function startOver() {
  const asked = cursor;
  try {
    const { newest: told, now: stamp, epoch: era } = await json("/api/v1/events/");
    heedEpoch(era);
    advance(told, asked);
    heed(stamp);
    tell("reset");
    release("line");
  } catch {
    hold("line");
    later("over", LONGEST_WAIT / 2);
  }
}

// Trying: sockets and polls share one pace ----------------------------------------------------------------------------

const acts = { connect, poll, over: startOver };

function later(what, wait, asked = false) {
  clearTimeout(timers.get(what));
  timers.set(what, setTimeout(() => (pace.take(asked) ? acts[what]() : later(what, pace.room() + between(0, 500))), wait));
}

function connect() {
  if (!root || refused) return;
  drop();
  triedAt = performance.now();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const line = new WebSocket(`${scheme}://${location.host}/ws/live/?after=${cursor}`);
  socket = line;
  line.onmessage = (event) => line === socket && onMessage(event.data);
  line.onclose = (event) => line === socket && onClose(event.code);
}

function onMessage(text) {
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    return; // not our server's
  }
  aliveAt = performance.now();
  if (said?.type === "beat") onBeat(said);
  else if (said?.type === "reset") startOver();
  else take(said);
  if (greeted) freshAt = performance.now();
  show();
}

function onBeat({ now: stamp, epoch: era }) {
  heed(stamp);
  heedEpoch(era);
  greeted = true;
  failures = 0;
  doubted = false;
  polling = 0;
  clearTimeout(timers.get("poll"));
}

/** Drops the socket without waiting for the closing handshake over a network that may be gone. */
function drop() {
  const old = socket;
  socket = null;
  greeted = false;
  if (!old) return;
  old.onmessage = old.onclose = null;
  try {
    old.close();
  } catch {
    // it never opened
  }
}

function onClose(code) {
  if (code === 4403) { drop(); refused = true; show(); return; }
  if (code === 4401) signedOut();
  fail(code);
}

function fail(code = 0) {
  const wasHeard = greeted;
  drop();
  failures += 1;
  const grown = Math.min(LONGEST_WAIT, 1000 * 3 ** Math.min(failures, 4));
  const spread = wasHeard || code === 1012 || code === 1013;
  later("connect", code === 4401 ? LONGEST_WAIT : spread ? between(...COME_BACK) : grown * between(0.75, 1.25));
  if (failures >= POLL_AFTER_FAILURES) startPolling();
  show();
}

function startPolling() {
  if (polling || refused) return;
  [polling] = POLL_WAITS;
  later("poll", between(0, polling));
}

async function poll() {
  const asked = cursor;
  const answer = await ask(`/api/v1/events/?after=${asked}`, { expects: "json", timeout: 10_000 });
  try {
    if (answer.kind !== "ok" || !Array.isArray(answer.data?.results)) throw new Error(answer.kind);
    const { results, newest: told, reset, now: stamp, epoch: era } = answer.data;
    heed(stamp);
    heedEpoch(era);
    for (const frame of results) take(frame);
    advance(told, asked);
    if (reset) await startOver();
    // The way is open again: the socket need not wait for its turn.
    if (ago(polledAt) > POLL_LATE && !greeted && failures) later("connect", between(...COME_BACK));
    polledAt = freshAt = performance.now();
    doubted = false;
  } catch {
    // Nothing is known: the badge says of when the page is.
  }
  if (polling) {
    polling = Math.min(POLL_WAITS[1], polling * POLL_WAITS[2]);
    later("poll", Math.max(answer.wait, polling * between(0.9, 1.1)));
  }
  show();
}

// Looking at it -------------------------------------------------------------------------------------------------------

function stateNow() {
  if (refused) return "offline";
  const heard = greeted && !doubted && ago(aliveAt) <= BEAT_LATE;
  const polled = polling && !doubted && ago(polledAt) <= POLL_LATE;
  if (!heard && !polled && (navigator.onLine === false || failures >= POLL_AFTER_FAILURES)) return "offline";
  if (holds.size) return "late";
  return heard ? "live" : polled ? "polling" : "late";
}

/** The badge: the oldest thing on the page decides. */
function show() {
  if (!root) return;
  const state = stateNow();
  const oldest = Math.max(ago(freshAt), ...[...holds.values()].map(ago));
  setLive(state, new Date(now() - oldest).toISOString());
  root.dataset.liveState = state;
}

/** Wake-up from sleep: the device heard nothing meanwhile, and on some the monotonic clock stood still. */
function noticeStep() {
  const before = skew;
  skew = Date.now() - performance.now();
  if (Math.abs(skew - before) <= STEP) return;
  doubted = true;
  wake();
}

function watch() {
  noticeStep();
  if (socket && ago(greeted ? aliveAt : Math.max(triedAt, aliveAt)) > (greeted ? DEAD : GREETING)) fail();
  if (ago(greeted ? aliveAt : freshAt) > patience) startPolling();
  show();
}

/** The network is back, or somebody looks at the page again: at once, not when the next wait is over. */
function wake() {
  if (document.visibilityState === "hidden") return;
  const asked = ago(wokenAt) > WAKES;
  if (asked) wokenAt = performance.now();
  if (stateNow() !== "live" && !(socket && !greeted && ago(triedAt) < GREETING)) later("connect", between(0, 300), asked);
  if (polling) later("poll", between(0, 300), asked);
  show();
}

if (root) {
  later("connect", 0);
  setInterval(watch, 1000);
  addEventListener("online", wake);
  addEventListener("offline", show);
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("sanji:signed-in", wake);
}
