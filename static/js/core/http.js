// The HTTP client, the only module that calls fetch(): an answer is ours only if it carries the server's mark, the
// header X-Sanji (emergency/middleware/refusals.py). A network's sign-in page, a gateway's or a firewall's answer,
// whatever its status and type, lacks it, and is no answer.
//
//   const answer = await ask("/board/counters/", { expects: "json" });
//   answer.kind   "ok"          taken: a 2xx of ours, of the kind of content that was expected
//                 "refused"     ours, 4xx: answer.text or answer.data says why
//                 "busy"        ours, 429 or 5xx: later; answer.wait is Retry-After in ms, or 0
//                 "signed-out"  ours: nobody is signed in here any more, or somebody else than whose page this is
//                 "none"        nothing came, or not from us (answer.foreign): nothing is known, try again
//   answer.status, answer.text, answer.data, answer.redirect (HX-Redirect within our site), answer.header(name)
//
// What is read is read in the world of the page (world.js).
// It never throws. "sanji:signed-out" is sent to the document for each answer of that kind; see signedOut().

import { inWorld } from "./world.js";

export const MARK = "X-Sanji";
export const PATIENCE = 20_000;
const TYPES = { html: ["text/html"], json: ["application/json", "application/geo+json"] };
const NOTHING = { kind: "none", foreign: false, status: 0, text: "", data: null, redirect: "", wait: 0, header: () => null };

/** The id of the signed-in person when the page was rendered; empty on anonymous pages. */
export const me = () => document.documentElement.dataset.me || "";

/** The CSRF token, from the cookie: it is newer than the page after a sign-in in another window. */
export function csrfToken() {
  const cookie = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1];
  if (cookie) return cookie;
  try {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  } catch {
    return "";
  }
}

/** Where to sign in, coming back to the whole page that is shown. */
export const signInAddress = () => `/login/?next=${encodeURIComponent(location.pathname + location.search)}`;

/** Whether an answer (its headers by `header(name)`) was made by our server for this address. */
export function isOurs({ type, redirected, url, header }, origin = location.origin) {
  if (!header(MARK) || redirected || type === "opaqueredirect" || type === "opaque") return false;
  return !url || new URL(url, origin).origin === origin;
}

/** What an answer is, by what is known before its content: {kind, redirect, wait}. `expects`: "html" | "json" | "". */
export function classify(answer, { expects = "", origin = location.origin } = {}) {
  const { status, header } = answer;
  if (!isOurs(answer, origin)) return { kind: "none" };
  const redirect = within(header("HX-Redirect"), origin);
  if (status === 401 || redirect.startsWith("/login/")) return { kind: "signed-out", redirect };
  if (status === 429 || status >= 500) return { kind: "busy", wait: waitOf(header("Retry-After")) };
  if (status >= 400) return { kind: "refused", redirect };
  if (status < 200 || status >= 300) return { kind: "none" };
  const content = header("Content-Type") || "";
  if (status !== 204 && expects && !TYPES[expects].some((type) => content.startsWith(type))) return { kind: "none" };
  return { kind: "ok", redirect };
}

/** The path of an address on our own site; empty for any other. */
function within(address, origin) {
  if (!address) return "";
  try {
    const url = new URL(address, origin);
    return url.origin === origin ? url.pathname + url.search + url.hash : "";
  } catch {
    return "";
  }
}

function waitOf(value) {
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

/** Request headers that every call sends. */
export function headersOf({ method = "GET", headers = {}, person = me() }) {
  const sent = { "HX-Request": "true", ...headers };
  if (person) sent["X-Sanji-Person"] = person;
  if (method !== "GET") sent["X-CSRFToken"] = csrfToken();
  return sent;
}

/** Ends with `signal`, or after `timeout` ms; the page's own clock counts, as for everything else here. */
function limit(timeout, signal) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), timeout);
  const stop = () => control.abort();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  return { signal: control.signal, end: () => { clearTimeout(timer); signal?.removeEventListener("abort", stop); } };
}

async function read(answer, { status, header }, expects) {
  const text = status === 204 ? "" : await answer.text();
  if (!(header("Content-Type") || "").includes("json")) return { text, data: null };
  if (!text && expects !== "json") return { text, data: null };
  return { text, data: JSON.parse(text) };
}

/**
 * Asks our server. Options: method, body, headers, expects ("html", "json" or "" for whatever it is), person (whose page or
 * queue this is, by default the page's), timeout in ms for the whole answer, signal, cache, quiet (no "sanji:signed-out").
 */
export async function ask(url, options = {}) {
  const { method = "GET", body, expects = "", timeout = PATIENCE, signal, quiet = false, cache = "no-store" } = options;
  const bound = limit(timeout, signal);
  if (body instanceof FormData) body.delete("csrfmiddlewaretoken"); // the header's is newer, and the form's would count first
  try {
    const answer = await fetch(method === "GET" ? inWorld(url) : url, {
      method, body, headers: headersOf(options), credentials: "same-origin", redirect: "manual", cache, signal: bound.signal,
    });
    const header = (name) => answer.headers.get(name);
    const seen = { status: answer.status, type: answer.type, redirected: answer.redirected, url: answer.url, header };
    const found = { ...NOTHING, status: seen.status, header, ...classify(seen, { expects }) };
    if (found.kind === "none") return { ...NOTHING, foreign: true, status: seen.status };
    Object.assign(found, await read(answer, seen, expects));
    if (found.kind === "signed-out" && !quiet) signedOut();
    return found;
  } catch {
    return { ...NOTHING, aborted: Boolean(signal?.aborted) };
  } finally {
    bound.end();
  }
}

/**
 * Nobody is signed in here any more. Whoever shows that on the page cancels the event; otherwise the page goes to the
 * sign-in, and from there comes back.
 */
export function signedOut() {
  const event = new CustomEvent("sanji:signed-out", { cancelable: true });
  if (document.dispatchEvent(event)) location.assign(signInAddress());
}

/** The data of an answer of ours; rejects for everything else. */
export async function json(url, options = {}) {
  const answer = await ask(url, { ...options, expects: "json" });
  if (answer.kind !== "ok") throw new Error(`${url}: ${answer.kind} ${answer.status}`);
  return answer.data;
}

/** A fragment's HTML, as a detached node. */
export function fragmentOf(text) {
  const holder = document.createElement("template");
  holder.innerHTML = text;
  return holder.content;
}
