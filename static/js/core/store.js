// Browser storage by person: small values by name in localStorage, rows in IndexedDB. Storage may be full, forbidden or
// hold anything: what cannot be read is not there, and nothing here breaks a page.
//
//   keep(name, value) · kept(name, valid) · drop(name)     small values of the page's person, as JSON
//   put hold get all change remove                         rows {id, person, …} of the stores below
//   endStay()                                              at sign-out: what waits to be sent stays, for its owner alone
import { openDB } from "../../vendor/idb/idb.js";
import { me } from "./http.js";

const NAME = "sanji";
/** Each with what a row must be: what is not is left out. */
const STORES = {
  outbox: (row) => typeof row.url === "string" && row.url.startsWith("/") && Array.isArray(row.fields) && row.fields.every(pair),
  drafts: () => true,
  reports: (row) => typeof row.state === "string" && typeof row.made === "string" && row.fields !== null && typeof row.fields === "object",
  photos: (row) => typeof row.report === "string",
};
const OLD = { "sanji-phone": ["outbox", "drafts"], "sanji-hazards": ["reports", "photos"] };
const PATIENCE = 3000; // for a disk that does not answer: an order's answer must not wait for it
const OLDEST = 7 * 24 * 3600_000; // a small value that nobody has asked for so long is of no more use
const PREFIX = "sanji:";

function pair(field) {
  return Array.isArray(field) && field.length === 2 && field.every((part) => typeof part === "string");
}

// Small values ------------------------------------------------------------------------------------------------------

function box() {
  try {
    return window.localStorage;
  } catch {
    return null; // forbidden by the browser's settings
  }
}

function attempt(act, otherwise = null) {
  try {
    return act(box());
  } catch {
    return otherwise;
  }
}

const keyOf = (name) => `${PREFIX}${me()}:${name}`;

/** Keeps a value for the person whose page this is; nothing on a page of nobody. True when it is kept. */
export function keep(name, value) {
  return Boolean(me()) && attempt((at) => { at.setItem(keyOf(name), JSON.stringify({ at: Date.now(), value })); return true; }, false);
}

/** What was kept, if it passes `valid`; else null. */
export function kept(name, valid = () => true) {
  const found = me() && attempt((at) => JSON.parse(at.getItem(keyOf(name))));
  if (!found || typeof found !== "object" || !Number.isFinite(found.at)) return null;
  return attempt(() => (valid(found.value) ? found.value : null));
}

export function drop(name) {
  attempt((at) => at.removeItem(keyOf(name)));
}

function keys(start) {
  return attempt((at) => Object.keys(at).filter((key) => key.startsWith(start)), []);
}

/** What earlier versions kept for whoever sat at the tab, and what is too old. */
function tidy() {
  attempt(() => {
    for (const key of Object.keys(sessionStorage)) if (/^sanji[-.]/.test(key)) sessionStorage.removeItem(key);
  });
  for (const key of keys(PREFIX)) {
    const age = Date.now() - (attempt((at) => JSON.parse(at.getItem(key)))?.at ?? 0);
    if (!(age < OLDEST)) attempt((at) => at.removeItem(key));
  }
}

// Rows --------------------------------------------------------------------------------------------------------------

const memory = Object.fromEntries(Object.keys(STORES).map((name) => [name, new Map()]));
let opening = null;
let broken = false;

/** Opens whatever version there is, and makes the stores that it lacks: no version is too new or too old. */
async function open() {
  const watch = { blocking(_, __, event) { event.target.close(); opening = null; }, terminated() { opening = null; } };
  const make = (db) => {
    for (const name of Object.keys(STORES)) if (!db.objectStoreNames.contains(name)) db.createObjectStore(name, { keyPath: "id" });
  };
  const db = await openDB(NAME, undefined, { upgrade: make, ...watch });
  if (Object.keys(STORES).every((name) => db.objectStoreNames.contains(name))) return db;
  const version = db.version + 1;
  db.close();
  return openDB(NAME, version, { upgrade: make, ...watch });
}

function database() {
  opening ||= new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no storage in time")), PATIENCE);
    open().then((db) => moveOld(db).then(() => resolve(db))).catch(reject);
  });
  return opening;
}

/** Whether rows outlive the page; false in the private windows of some browsers. */
export async function keeps() {
  try {
    await database();
  } catch {
    broken = true;
  }
  return !broken;
}

/** What was thrown because the device is full. */
export function isFull(error) {
  return error?.name === "QuotaExceededError" || error?.inner?.name === "QuotaExceededError";
}

/** Keeps the row until it is removed. Rejects when the device is full: what stood there before stands still. */
export async function put(store, row) {
  if (!(await keeps())) memory[store].set(row.id, row);
  else await (await database()).put(store, row);
  return row;
}

/** The same, and what cannot be stored is kept as long as the page is open. */
export async function hold(store, row) {
  try {
    await put(store, row);
    if (!broken) memory[store].delete(row.id);
  } catch {
    memory[store].set(row.id, row);
  }
  return row;
}

/** `act` on the database, or `otherwise` where that fails. */
async function stored(act, otherwise) {
  if (!(await keeps())) return otherwise;
  try {
    return await act(await database());
  } catch {
    return otherwise;
  }
}

function sound(store, row) {
  return row !== null && typeof row === "object" && (store === "photos" || typeof row.person === "string") && STORES[store](row);
}

export async function get(store, id) {
  const row = memory[store].get(id) ?? (await stored((db) => db.get(store, id)));
  return row && sound(store, row) ? row : undefined;
}

export async function all(store) {
  const rows = await stored((db) => db.getAll(store), []);
  return [...rows.filter((row) => sound(store, row) && !memory[store].has(row.id)), ...memory[store].values()];
}

export async function remove(store, id) {
  memory[store].delete(id);
  await stored((db) => db.delete(store, id));
}

/** Reads, changes and keeps one row in a single transaction, so that two windows cannot overwrite one another. */
export async function change(store, id, edit) {
  const mine = memory[store].get(id);
  if (mine || !(await keeps())) {
    if (mine) edit(mine);
    return mine;
  }
  const transaction = (await database()).transaction(store, "readwrite");
  const row = await transaction.store.get(id);
  if (row) edit(row);
  await Promise.all([row && transaction.store.put(row), transaction.done]);
  return row;
}

// What stood in the databases of earlier versions --------------------------------------------------------------------

/** A page that was open during the upgrade may go on writing there: looked at by every page that opens. */
async function moveOld(db) {
  for (const [name, stores] of Object.entries(OLD)) {
    try {
      if (await there(name)) await moveFrom(name, stores, db);
    } catch {
      // It stays where it is until the next page opens.
    }
  }
}

async function there(name) {
  return !indexedDB.databases || (await indexedDB.databases()).some((one) => one.name === name);
}

async function moveFrom(name, stores, db) {
  const old = await openDB(name, undefined, { blocking(_, __, event) { event.target.close(); } });
  try {
    for (const store of stores.filter((one) => old.objectStoreNames.contains(one))) {
      for (const row of await old.getAll(store)) {
        const moved = renewed(store, row);
        if (moved && !(await db.get(store, moved.id))) await db.put(store, moved);
        await old.delete(store, row.id);
      }
    }
  } finally {
    old.close();
  }
}

/** A row as it is kept now; null for what was no row. */
function renewed(store, row) {
  const person = store === "drafts" ? String(row.id).split(":")[0] : row.person;
  const moved = { ...row, ...(person === undefined ? {} : { person: String(person) }) };
  if (store === "outbox") Object.assign(moved, { id: `${moved.person}:${row.key}`, order: Number(row.id) || 0, state: "waiting", stamp: uuid() });
  return sound(store, moved) ? moved : null;
}

// The end of a stay --------------------------------------------------------------------------------------------------

/** How many acts and reports of this person have not reached the server, those aside that it refused. */
export async function unsent(person = me()) {
  const mine = async (store) => (await all(store)).filter((row) => row.person === person);
  const reports = (await mine("reports")).filter((row) => ["draft", "waiting", "conflict"].includes(row.state));
  return (await mine("outbox")).filter((item) => item.state !== "refused").length + reports.length;
}

/** Drafts, views and what has arrived end with signing out. What has not been sent waits for its owner. */
export async function endStay(person = me()) {
  for (const key of keys(`${PREFIX}${person}:`)) attempt((at) => at.removeItem(key));
  for (const row of await all("drafts")) if (row.person === person) await remove("drafts", row.id);
  for (const row of await all("reports")) {
    if (row.person !== person || !["delivered", "accepted"].includes(row.state)) continue;
    for (const photo of await all("photos")) if (photo.report === row.id) await remove("photos", photo.id);
    await remove("reports", row.id);
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

tidy();
