// Session watch: whether the page's person is still signed in here. A session that ended is told in a band over the
// page, and nothing else changes: rows stay, what rings goes on ringing, forms keep what is in them. The page goes on
// by itself once the same person has signed in again, in whatever window; for somebody else it is loaded anew, for two
// people's work must not be mixed. Asking now and then also keeps the session of an open page in use
// (emergency/middleware/session_age.py).
import { button } from "../core/button.js";
import { ask, csrfToken, me } from "../core/http.js";
import { icon } from "../core/icon.js";
import { hold, release } from "../core/live.js";
import { toast } from "../core/toast.js";

const ADDRESS = "/me/session/";
const LOOK_EVERY = 240_000; // shorter than the server's own interval, so that each round counts
const LOOK_AGAIN = 15_000; // while signed out: the person may have signed in on a browser without BroadcastChannel
const FRESH = 30_000; // a look at the page asks again when the last answer is older
const READ = 4_000; // long enough to read why the page is loaded anew
const windows = "BroadcastChannel" in window ? new BroadcastChannel("sanji-session") : null;

let state = "in"; // in | out | other
let band = null;
let asking = null;
let askedAt = Date.now();
let timer = 0;

/** Resolves to "in", "out", "other", or "" when nothing is known. */
export function check() {
  asking ||= look().finally(() => { asking = null; });
  return asking;
}

async function look() {
  clearTimeout(timer);
  askedAt = Date.now();
  const answer = await ask(ADDRESS, { expects: "json", person: "", quiet: true });
  let found = "";
  if (answer.kind === "ok") found = String(answer.data?.person) === me() ? "in" : "other";
  else if (answer.kind === "signed-out") found = "out";
  if (found && found !== state) ({ in: backIn, out, other })[found]();
  timer = setTimeout(check, state === "in" ? LOOK_EVERY * (1 + Math.random() / 8) : LOOK_AGAIN);
  return found;
}

/** The whole page's own address, where the sign-in comes back to. */
const here = () => location.pathname + location.search + location.hash;

function out() {
  if (state === "other") return;
  state = "out";
  const link = document.createElement("a");
  link.className = "btn btn-primary";
  link.textContent = gettext("Sign in");
  // What is behind the # may change while the band stands.
  link.addEventListener("pointerdown", () => address(link));
  link.addEventListener("focus", () => address(link));
  address(link);
  show(gettext("Signed out: sign in again"), gettext("What you see is not brought up to date any more. Nothing that you typed is lost."), link);
}

/** With something half typed on the page, the sign-in opens beside it; this page goes on by itself afterwards. */
function address(link) {
  link.href = `/login/?next=${encodeURIComponent(here())}`;
  link.target = typed() ? "_blank" : "";
}

function typed() {
  return [...document.querySelectorAll("main form, dialog form, .panel form")].some((form) => [...form.elements].some(
    (control) => control.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=file])") && control.value !== control.defaultValue,
  ));
}

function other() {
  state = "other";
  const anew = button(gettext("Load it now"), () => location.reload(), { className: "btn btn-primary" });
  show(gettext("Somebody else has signed in here"), gettext("This page is loaded anew, for them."), anew);
  setTimeout(() => location.reload(), READ);
}

function backIn() {
  state = "in";
  band?.remove();
  band = null;
  room();
  tokens();
  release("signed in");
  document.dispatchEvent(new CustomEvent("sanji:signed-in"));
}

/** Renew the CSRF token in forms after signing in. */
function tokens() {
  const token = csrfToken();
  if (!token) return;
  for (const input of document.querySelectorAll("input[name='csrfmiddlewaretoken']")) input.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

function show(title, text, act) {
  hold("signed in");
  band?.remove();
  band = document.createElement("div");
  band.className = "signed-out";
  band.dataset.signedOut = state;
  band.setAttribute("role", "alert");
  const words = document.createElement("p");
  const head = document.createElement("strong");
  head.textContent = title;
  const rest = document.createElement("span");
  rest.textContent = text;
  words.append(head, " ", rest);
  band.append(icon("lock"), words, act);
  place();
}

/** The band goes into an open modal dialog: what is outside can neither be seen nor clicked. */
function place() {
  if (!band) return;
  const host = [...document.querySelectorAll("dialog[open]")].pop() || document.body;
  if (band.parentElement !== host) host.prepend(band);
  room();
}

function room() {
  document.body.classList.toggle("has-band", Boolean(band));
  document.documentElement.style.setProperty("--band", band ? `${band.offsetHeight}px` : "0px");
}

/** A form that the browser sends by itself would lead to the sign-in page, and what was typed would be lost. */
function keepForms(event) {
  const form = event.target;
  if (state === "in" || event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
  event.preventDefault();
  toast(gettext("Not sent: you are signed out. Sign in first; what you typed stays here."), { tone: "warn" });
}

export function startSession() {
  if (!me()) return;
  document.addEventListener("sanji:signed-out", (event) => {
    event.preventDefault();
    out();
    check(); // or is it somebody else who is signed in?
  });
  addEventListener("submit", keepForms);
  addEventListener("submit", ({ target }) => target.getAttribute("action")?.endsWith("/logout/") && windows?.postMessage(""));
  const glance = () => document.visibilityState === "visible" && (state !== "in" || Date.now() - askedAt > FRESH) && check();
  for (const name of ["focus", "online"]) addEventListener(name, glance);
  document.addEventListener("visibilitychange", glance);
  windows?.addEventListener("message", async ({ data }) => {
    await asking; // what was asked before does not know it yet
    if (data !== me() || state !== "in") check();
  });
  setInterval(place, 1000);
  document.addEventListener("close", place, true);
  windows?.postMessage(me());
  timer = setTimeout(check, LOOK_EVERY * (1 + Math.random() / 8));
}
