// What this phone keeps of hazards that are not filed yet: reports and their photos, in IndexedDB.
// A report: {id (UUID), person, state, made, fields: {kind, description, ...}, tries, ticket, problem}.
// A photo: {id (UUID), report, person, blob, name, shows, sha256, originalSha256, thumb, receipt, problem}.
import { openDB } from "../vendor/idb/idb.js";

const STORES = ["reports", "photos"];
const memory = Object.fromEntries(STORES.map((name) => [name, new Map()]));
let opening = null;
let broken = false;

function database() {
  opening ||= openDB("sanji-hazards", 1, {
    upgrade(db) {
      for (const name of STORES) db.createObjectStore(name, { keyPath: "id" });
      // A newer version of this page must be able to change the database while an older one stands open.
    },
    blocking() { opening?.then((db) => db.close()); opening = null; },
    terminated() { opening = null; },
  });
  return opening;
}

/** Whether things are kept at all when the page is closed; false in the private windows of some browsers. */
export async function keeps() {
  try {
    await database();
  } catch {
    broken = true;
    opening = null;
  }
  return !broken;
}

/** What was thrown because the phone is full. */
export function isFull(error) {
  return error?.name === "QuotaExceededError" || error?.inner?.name === "QuotaExceededError";
}

/** Keeps the row until it is removed. Rejects when the phone is full: what stood there before stands still. */
export async function put(store, row) {
  if (broken) memory[store].set(row.id, row);
  else await (await database()).put(store, row);
  return row;
}

export async function get(store, id) {
  return broken ? memory[store].get(id) : (await database()).get(store, id);
}

export async function all(store) {
  return broken ? [...memory[store].values()] : (await database()).getAll(store);
}

export async function remove(store, id) {
  memory[store].delete(id);
  if (!broken) await (await database()).delete(store, id);
}

/** Reads, changes and keeps one row in a single transaction, so that two windows cannot overwrite one another. */
export async function change(store, id, edit) {
  if (broken) {
    const row = memory[store].get(id);
    if (row) edit(row);
    return row;
  }
  const transaction = (await database()).transaction(store, "readwrite");
  const row = await transaction.store.get(id);
  if (row) edit(row);
  await Promise.all([row && transaction.store.put(row), transaction.done]);
  return row;
}

export async function reportsOf(person) {
  return (await all("reports")).filter((row) => row.person === person).sort((a, b) => (a.made < b.made ? 1 : -1));
}

export async function photosOf(report) {
  return (await all("photos")).filter((row) => row.report === report).sort((a, b) => a.at - b.at);
}

export async function removeReport(id) {
  for (const photo of await photosOf(id)) await remove("photos", photo.id);
  await remove("reports", id);
}

/** Asks the browser not to clear what is kept when the phone runs short of space; true when it promises. */
export async function persist() {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}

/** A version 4 UUID; randomUUID is not there over plain HTTP. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
