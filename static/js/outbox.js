// What a phone has yet to send: kept in IndexedDB with its photo, sent in order, tried again until it arrives. The server
// takes a repeat without harm, so that a lost reply never becomes a second act.
import { Rounds } from "./rounds.js";

const NAME = "sanji-phone";
const PATIENCE = 3000; // for a disk that does not answer: an order's answer must not wait for it
let opening = null;

function database() {
  opening ||= new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no storage in time")), PATIENCE);
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("outbox", { keyPath: "id", autoIncrement: true });
      asked.result.createObjectStore("drafts", { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

// What cannot be stored (a private window of an old phone, a full disk) is kept as long as the page is open.
const memory = { outbox: new Map(), drafts: new Map() };

/** {value} of what `act` asked for, or null where the store did not take it. */
async function within(store, mode, act) {
  try {
    const transaction = (await database()).transaction(store, mode);
    const asked = act(transaction.objectStore(store));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    return { value: asked.result };
  } catch {
    return null;
  }
}

export async function put(store, row) {
  const done = await within(store, "readwrite", (s) => s.put(row));
  if (done) {
    memory[store].delete(row.id);
    return done.value;
  }
  row.id ??= Date.now();
  memory[store].set(row.id, row);
  return row.id;
}

export async function get(store, id) {
  return memory[store].get(id) ?? (await within(store, "readonly", (s) => s.get(id)))?.value;
}

export async function all(store) {
  const stored = (await within(store, "readonly", (s) => s.getAll()))?.value ?? [];
  return [...stored.filter((row) => !memory[store].has(row.id)), ...memory[store].values()];
}

export async function remove(store, id) {
  memory[store].delete(id);
  await within(store, "readwrite", (s) => s.delete(id));
}

/**
 * Sends what is in the outbox. `tell(item, state, answer)` hears of each item: sending | waiting | signed-out | arrived | refused.
 * An item: {id, key, url, fields: [[name, value]], photo: Blob?, photoName, person}. Only this person's items are sent.
 */
export class Outbox {
  constructor({ person, token, tell }) {
    Object.assign(this, { person, token, tell, rounds: new Rounds(() => this.round()) });
  }

  async mine() {
    return (await all("outbox")).filter((item) => item.person === this.person);
  }

  /** Queues an item unless the same act is already waiting, and sends at once. The tap is answered before it is stored. */
  async add(item) {
    this.tell(item, "sending");
    const twin = (await this.mine()).find((other) => other.key === item.key);
    await put("outbox", { ...item, ...(twin ? { id: twin.id } : {}), person: this.person });
    this.now();
  }

  now() {
    return this.rounds.now();
  }

  async round() {
    for (const item of await this.mine()) {
      if (!(await this.send(item))) return;
      this.rounds.arrived();
    }
  }

  /** True when the item is settled, either way; false when it has to wait. */
  async send(item) {
    this.tell(item, "sending");
    const body = new FormData();
    for (const [name, value] of item.fields) body.append(name, value);
    if (item.photo) body.append("photo", item.photo, item.photoName || "photo.jpg");
    let answer;
    let html;
    try {
      answer = await fetch(item.url, {
        method: "POST", body, credentials: "same-origin",
        headers: { "HX-Request": "true", "X-CSRFToken": this.token() }, signal: AbortSignal.timeout?.(item.photo ? 120000 : 20000),
      });
      html = answer.status === 204 ? "" : await answer.text();
    } catch {
      return this.wait(item, "waiting");
    }
    if (answer.headers.get("HX-Redirect") || (answer.status === 403 && !html.includes("data-card"))) return this.wait(item, "signed-out");
    if (answer.status >= 500 || answer.status === 429) return this.wait(item, "waiting");
    await remove("outbox", item.id);
    this.tell(item, answer.ok ? "arrived" : "refused", html);
    return true;
  }

  wait(item, state) {
    this.tell(item, state);
    this.rounds.later();
    return false;
  }
}
