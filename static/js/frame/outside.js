// System notifications of alarms, through the service worker (Android refuses the Notification constructor). Each alarm
// is told once in a browser, whichever of its windows hears of it first, and is taken away once it is open no more.
// Nothing here may fail the alarm: whoever calls does not wait, and what goes wrong is only not told.
import { me } from "../core/http.js";
import { plain } from "../core/text.js";

const KEPT = 500; // ids of alarms that were told; older ones are settled long since
const PATIENCE = 15_000; // for a worker that is being installed
const TAG = "alarm-";
let known = new Set();

/** Whether this browser offers notifications at all: only on a secure address (HTTPS or localhost). */
export const offered = () => window.isSecureContext && "Notification" in window && "serviceWorker" in navigator;

/** "granted" | "denied" | "default", or "" where nothing is offered. */
export const permission = () => (offered() ? Notification.permission : "");

export async function allow() {
  if (!offered()) return "";
  try {
    await Notification.requestPermission();
  } catch {
    // as if it had not been asked
  }
  return permission();
}

/** The worker's registration, installed if need be; null where it does not come about in time. */
export function worker() {
  const late = new Promise((resolve) => { setTimeout(() => resolve(null), PATIENCE); });
  return Promise.race([navigator.serviceWorker.register("/sw.js", { scope: "/" }).then(() => navigator.serviceWorker.ready), late]);
}

const place = () => `sanji-told:${me()}`;

function recall() {
  try {
    const stored = JSON.parse(localStorage.getItem(place()) || "[]");
    if (Array.isArray(stored)) known = new Set([...known, ...stored].slice(-KEPT));
  } catch {
    // Forbidden or spoilt storage: this window remembers for itself.
  }
  return known;
}

function remember(ids) {
  known = new Set([...known, ...ids].slice(-KEPT));
  try {
    localStorage.setItem(place(), JSON.stringify([...known]));
  } catch {
    // as above
  }
}

/** One window after the other, so that two that hear of an alarm at once do not both tell it. */
function inTurn(act) {
  return navigator.locks ? navigator.locks.request("sanji-outside", act) : act();
}

/**
 * `rows`: the open alarms, [{id, text, url}], `whole`: there are no others. New ones are told unless the person looks at this
 * page anyway; what was told and is not open any more is closed.
 */
export async function outside(rows, whole) {
  try {
    if (permission() !== "granted") return;
    const at = await worker();
    if (at) await inTurn(() => tell(at, rows, whole));
  } catch (error) {
    console.warn("notifications", error);
  }
}

async function tell(at, rows, whole) {
  const told = recall();
  const fresh = rows.filter((row) => !told.has(row.id));
  const looking = document.visibilityState === "visible" && document.hasFocus();
  for (const row of looking ? [] : fresh) {
    await at.showNotification(gettext("ALARM"), {
      body: plain(row.text), tag: TAG + row.id, requireInteraction: true, lang: document.documentElement.lang, data: { url: row.url },
    });
  }
  if (fresh.length) remember(fresh.map((row) => row.id));
  if (whole) await close(at, new Set(rows.map((row) => TAG + row.id)));
}

async function close(at, open) {
  for (const note of await at.getNotifications()) {
    if (note.tag.startsWith(TAG) && !open.has(note.tag)) note.close();
  }
}
