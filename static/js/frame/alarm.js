// The alarm: what is open for this person stands at the head of every page, sounds, flashes in the title and goes to the
// system's notifications, and repeats until somebody has acknowledged it, here or on any other screen of theirs.
import { button } from "../core/button.js";
import { now } from "../core/clock.js";
import { refreshTimes } from "../core/countdown.js";
import { ask } from "../core/http.js";
import { icon } from "../core/icon.js";
import { hold, onAnyFrame, onReset, release } from "../core/live.js";
import { outbox } from "../core/outbox.js";
import { allow, outside, permission } from "./outside.js";
import { steady } from "../core/steady.js";

const SOUND_EVERY = 4_000;
const PAUSE = 400;
const LONGEST = 2_000;
const AGAIN = 5_000;
const SHOWN = 20; // no more rows than this come at once (notify/views.py): with fewer, there are no others
const WAKES = /^(order|assignment|warning|timer|incident\.command)/;
const PATTERN = [[880, 0, 0.16], [660, 0.2, 0.16], [880, 0.4, 0.16], [660, 0.6, 0.16]];

let bar = null;
let audio = null;
let beating = 0;
let flashing = 0;
let title = document.title;
let leader = false;
let timer = 0;
let since = 0;
let asked = 0;
let stands = 0;
const unconfirmed = new Map();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("sanji-alarm") : null;

function open() {
  return bar.querySelectorAll("[data-alarm-row]").length;
}

function sounding() {
  return bar.querySelector("[data-alarm-row='alarm']") !== null;
}

/** What is open, or after an act what is left: the kind of the answer (http.js). Whatever fails, rows and sound stay. */
async function load({ url = "/me/alarms/", ...options } = {}) {
  since = 0;
  clearTimeout(timer);
  const turn = (asked += 1);
  const answer = await ask(url, { ...options, expects: "html" });
  if (answer.kind !== "ok") {
    hold("alarms");
    // Signed out, there is nothing to ask before somebody is signed in again.
    if (answer.kind !== "signed-out") timer = setTimeout(load, AGAIN);
    return answer.kind;
  }
  await steady();
  release("alarms");
  if (turn < stands) return "ok"; // a later answer stands there already
  stands = turn;
  put(answer.text);
  return "ok";
}

function loadSoon() {
  since ||= Date.now();
  clearTimeout(timer);
  timer = setTimeout(load, Math.max(0, Math.min(PAUSE + Math.random() * 200, since + LONGEST - Date.now())));
}

function put(html) {
  const expanded = bar.querySelector("details")?.open;
  const focused = bar.contains(document.activeElement) ? document.activeElement.value : "";
  bar.innerHTML = html;
  const rest = bar.querySelector("details");
  if (rest && expanded) rest.open = true;
  if (focused) (bar.querySelector(`button[value="${focused}"]`) || bar.querySelector("button"))?.focus();
  refreshTimes(now(), bar);
  offers();
  admit();
  sounding() ? start() : stop();
  tell();
}

/** Outside this page; not waited for. */
function tell() {
  const rows = [...bar.querySelectorAll("[data-alarm-row='alarm']")].map((row) => ({
    id: row.id.replace(/^alarm-/, ""), text: row.querySelector("[data-alarm-text]")?.textContent ?? "", url: row.querySelector("a[href]")?.getAttribute("href") ?? "",
  }));
  outside(rows, open() < SHOWN);
}

/** Sound and notifications want a gesture of the person first: offered where they are not allowed yet. */
function offers() {
  const place = bar.querySelector("[data-alarm-offers]");
  if (!place) return;
  place.replaceChildren();
  if (!audio || audio.state !== "running") place.append(offer("volume", gettext("Enable sound"), enableSound));
  if (permission() === "default") {
    place.append(offer("message", gettext("Notify me outside this page"), async () => { await allow(); offers(); tell(); }));
  }
}

function offer(symbol, label, run) {
  const text = document.createElement("span");
  text.textContent = label;
  const element = button([icon(symbol), text], run, { className: "btn btn-sm" });
  element.title = label;
  return element;
}

async function enableSound() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  audio ||= new Context();
  if (audio.state !== "running") await audio.resume().catch(() => {});
  lead();
  offers();
  if (sounding()) play();
}

/** Web Locks: one page of this browser sounds, of those that may; when it is closed another takes over. */
function lead() {
  if (leader || audio?.state !== "running") return;
  if (!navigator.locks) { leader = true; return; }
  navigator.locks.request("sanji-alarm", () => { leader = true; return new Promise(() => {}); }).catch(() => {});
}

function play() {
  if (!leader || audio?.state !== "running") return;
  const gain = audio.createGain();
  gain.connect(audio.destination);
  for (const [pitch, after, length] of PATTERN) {
    const tone = audio.createOscillator();
    const from = audio.currentTime + after;
    tone.type = "triangle";
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0.0001, from);
    gain.gain.exponentialRampToValueAtTime(0.35, from + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, from + length);
    tone.connect(gain);
    tone.start(from);
    tone.stop(from + length);
  }
}

function start() {
  if (beating) return;
  title = document.title;
  play();
  beating = setInterval(play, SOUND_EVERY);
  flashing = setInterval(flash, 1000);
}

function stop() {
  clearInterval(beating);
  clearInterval(flashing);
  if (beating) document.title = title;
  beating = flashing = 0;
}

function flash() {
  const loud = `(${open()}) ${gettext("ALARM")}`;
  document.title = document.title === title ? loud : title;
}

const idsOf = (form) => {
  const named = [...form.querySelectorAll("input[name='message']")].map((input) => `alarm-${input.value}`);
  return named.length ? named : [form.closest("[data-alarm-row]")?.id];
};

/** At once; what no answer of our server confirms is queued, said to be so, and rings on. */
async function acknowledge(form, pressed) {
  const body = new FormData(form, pressed);
  const rows = idsOf(form);
  pressed?.setAttribute("aria-busy", "true");
  const kind = await load({ url: form.action, method: "POST", body });
  pressed?.removeAttribute("aria-busy");
  if (kind === "ok") channel?.postMessage("changed");
  else if (kind === "refused") loadSoon();
  else outbox.add({ key: `alarm:${rows.join(" ")}`, url: form.action, fields: [...body] });
}

/** The rows that an act of the outbox is about: acknowledgements name them; an order's answer is the row's own button. */
function rowsOf({ key, url }) {
  if (key.startsWith("alarm:")) return key.slice(6).split(" ");
  const answers = [...bar.querySelectorAll("form[data-answer]")].filter((form) => form.dataset.answer === url);
  return answers.map((form) => form.closest("[data-alarm-row]").id);
}

/** How a queued one fares, here or in another window. */
function fared(item, state) {
  const rows = rowsOf(item);
  if (!rows.length) return;
  const words = { waiting: gettext("Not confirmed yet: no connection. It is sent as soon as there is one."), "signed-out": gettext("Not confirmed: you are signed out.") };
  for (const id of rows) {
    if (words[state]) unconfirmed.set(id, words[state]);
    else if (state !== "sending") unconfirmed.delete(id);
  }
  if (state === "refused" && item.key.startsWith("alarm:")) outbox.dismiss(item); // the list says what is open
  if (state === "arrived" || state === "refused") loadSoon();
  admit();
}

/** Rows whose acknowledgement the server does not have say so. */
function admit() {
  for (const row of bar.querySelectorAll("[data-alarm-row]")) {
    const words = unconfirmed.get(row.id);
    const line = row.querySelector("[data-alarm-unconfirmed]") || row.appendChild(document.createElement("span"));
    line.className = "alarm-unconfirmed";
    line.dataset.alarmUnconfirmed = "";
    line.textContent = words || "";
    line.hidden = !words;
  }
}

export function startAlarm() {
  bar = document.querySelector("[data-alarm]");
  if (!bar) return;
  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    acknowledge(event.target, event.submitter);
  });
  // Any touch or key is the gesture that browsers wait for before they let a page sound. A touch counts at its end: the
  // bar loses a line then, and what moves away under a finger is never clicked.
  for (const gesture of ["click", "keydown"]) addEventListener(gesture, enableSound, { once: true, capture: true });
  channel?.addEventListener("message", loadSoon);
  document.addEventListener("sanji:answered", loadSoon);
  onAnyFrame((frame) => WAKES.test(frame.verb) && loadSoon());
  onReset(loadSoon);
  document.addEventListener("sanji:signed-in", () => { loadSoon(); outbox.now(); });
  outbox.hear(fared);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && loadSoon());
  addEventListener("pageshow", (event) => event.persisted && loadSoon());
  load();
}
