// Notifications that reach this browser while Sanji is not open (Web Push), through the worker of sw.js. They are switched
// on and off on the person's own page (desk/push.js), and end here when they sign out.
import { allow, offered, worker } from "./outside.js";
import { ask } from "../core/http.js";

const ADDRESS = "/api/v1/me/push/";
const JSON_BODY = { "Content-Type": "application/json" };

export const able = () => offered() && "PushManager" in window;

/** This browser's subscription, or null. No worker is installed for the question. */
export async function subscription() {
  if (!able()) return null;
  const at = await navigator.serviceWorker.getRegistration("/");
  return at ? at.pushManager.getSubscription() : null;
}

const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer || new ArrayBuffer(0))))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Whether it was made for this key of the server: under another one it takes nothing. */
export const isFor = (found, key) => textOf(found.options.applicationServerKey) === key;

/** "on", or why not: "denied" (by the person or the browser), "unreachable" (its maker's service), "refused" (with text). */
export async function on(key, device) {
  if ((await allow()) !== "granted") return { kind: "denied" };
  let made;
  try {
    const at = await worker();
    const old = await at.pushManager.getSubscription();
    if (old && !isFor(old, key)) await old.unsubscribe();
    made = await at.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch {
    return { kind: "unreachable" };
  }
  const { endpoint, keys } = made.toJSON();
  const { p256dh, auth } = keys;
  const body = JSON.stringify({ endpoint, keys: { p256dh, auth }, device });
  const answer = await ask(ADDRESS, { method: "POST", headers: JSON_BODY, body, expects: "json" });
  if (answer.kind === "ok") return { kind: "on" };
  await made.unsubscribe().catch(() => false);
  const fields = Object.values(answer.data?.fields || {}).flat();
  return { kind: "refused", text: fields[0] || answer.data?.detail || "" };
}

/** Tells the server, and the browser: one of the two is enough, for the push service then says that it is gone. */
export async function off() {
  const found = await subscription();
  if (!found) return;
  const body = JSON.stringify({ endpoint: found.endpoint });
  const told = ask(ADDRESS, { method: "DELETE", headers: JSON_BODY, body, quiet: true });
  await Promise.allSettled([told, found.unsubscribe()]);
}
