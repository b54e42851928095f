// "Notifications on this device" of the person's own page: switching them on and off here, and which row is this device.
import { able, isFor, off, on, subscription } from "../frame/push.js";
import { permission } from "../frame/outside.js";
import { toast } from "../core/toast.js";

const BROWSERS = [["MicroMessenger", "WeChat"], ["Edg", "Edge"], ["OPR", "Opera"], ["Firefox", "Firefox"], ["FxiOS", "Firefox"], ["CriOS", "Chrome"], ["Chrome", "Chrome"], ["Safari", "Safari"]];
const SYSTEMS = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["Mac OS", "Mac"], ["Linux", "Linux"]];

/** "Chrome, Android" */
export function nameOf(agent) {
  const named = (list) => list.find(([part]) => agent.includes(part))?.[1];
  return [named(BROWSERS), named(SYSTEMS)].filter(Boolean).join(", ") || gettext("browser");
}

/** The same as on the server (notify/selectors/push.py). */
async function markOf(endpoint) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 32);
}

async function stateOf(part) {
  if (!able()) return window.isSecureContext ? "none" : "insecure";
  if (permission() === "denied") return "denied";
  const found = await subscription().catch(() => null);
  if (!found || !isFor(found, part.dataset.push)) return "off";
  const mark = await markOf(found.endpoint);
  const mine = [...part.querySelectorAll("[data-push-device]")].find((row) => row.dataset.pushDevice === mark);
  if (mine) mine.querySelector("[data-push-here]").hidden = false;
  return mine ? "on" : "off";
}

async function show(part) {
  const words = {
    on: gettext("switched on"), off: gettext("switched off"), denied: gettext("blocked in this browser's settings"),
    none: gettext("not offered by this browser here"), insecure: gettext("only on a secure address (HTTPS), not on this one"),
  };
  const state = await stateOf(part);
  part.querySelector("[data-push-state]").textContent = words[state];
  part.querySelector("[data-push-on]").hidden = state !== "off";
  part.querySelector("[data-push-off]").hidden = state !== "on";
}

async function switchOn(part) {
  const done = await on(part.dataset.push, nameOf(navigator.userAgent));
  if (done.kind === "on") return true;
  if (done.kind === "unreachable") {
    toast(gettext("This browser reaches no push service here. While Sanji is open, notifications are shown all the same."), { tone: "warn" });
  } else if (done.kind === "refused") {
    toast(done.text || gettext("The server did not take this. Try again."), { tone: "danger" });
  }
  return false;
}

/** Presses wait for each other: the button stands still until the browser and the server have answered. */
async function act(part, pressed, work) {
  pressed.disabled = true;
  const done = await work().catch(() => false);
  pressed.disabled = false;
  if (done) location.reload(); // the list is the server's
  else await show(part);
}

export function startPush() {
  const part = document.querySelector("[data-push]");
  if (!part) return;
  part.querySelector("[data-push-on]").addEventListener("click", ({ currentTarget }) => act(part, currentTarget, () => switchOn(part)));
  part.querySelector("[data-push-off]").addEventListener("click", ({ currentTarget }) => act(part, currentTarget, () => off().then(() => true)));
  show(part);
}
