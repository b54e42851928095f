// The outbox, a queue of acts that our server has not yet confirmed: answers to orders, alarms acknowledged, and what
// is to come. Kept in IndexedDB with its photo, sent in order, tried again until the server has said that it has it.
// Every page that imports this sends what waits; the server takes a repeat without harm.
//
//   outbox.add({ key: "alarm:7", url: form.action, fields: [...new FormData(form)] })
//   outbox.hear((item, state, html, foreign) => …)   sending | waiting | signed-out | arrived | refused; from other windows too
//   outbox.dismiss(item), outbox.again(item)  the person has read why it was refused
import { fragmentOf, me } from "./http.js";
import { Sender } from "./rounds.js";
import { all, get, hold, remove, uuid } from "./store.js";

const PATIENCE = 20_000;
const WITH_PHOTO = 120_000;
const RECEIPT = "X-Sanji-Item"; // the server's echo of the item's stamp: its view decided on this very item
const hearers = new Set();
const windows = "BroadcastChannel" in window ? new BroadcastChannel("sanji-outbox") : null;
let newest = 0;

/** All of this person's, in the order in which they were done: those that wait, and refused ones not yet read. */
async function mine() {
  return (await all("outbox")).filter((item) => item.person === me()).sort((a, b) => a.order - b.order);
}

function announce(item, state, html = "", foreign = false) {
  for (const hearer of hearers) hearer(item, state, html, foreign);
}

function tell(item, state, answer) {
  const { text: html = "", foreign = false } = answer || {};
  const { photo, ...rest } = state === "refused" ? { ...item, reason: reasonOf(answer) } : item;
  announce(rest, state, html, foreign);
  windows?.postMessage({ item: rest, state, html, foreign });
}

function request({ url, fields, photo, photoName, stamp, epoch }) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  if (photo instanceof Blob) body.append("photo", photo, photoName || "photo.jpg");
  return [url, { body, headers: { [RECEIPT]: stamp, ...(epoch && { "X-Sanji-Epoch": epoch }) }, timeout: photo ? WITH_PHOTO : PATIENCE }];
}

/** Another that was done meanwhile under the same key is not settled by the answer to this one. */
async function still(item) {
  return (await get("outbox", item.id))?.stamp === item.stamp;
}

async function arrived(item) {
  if (await still(item)) await remove("outbox", item.id);
}

async function refused(item, answer) {
  if (await still(item)) await hold("outbox", { ...item, state: "refused", reason: reasonOf(answer) });
}

/** The server's words: of a card, of a notice, or of the API. */
export function reasonOf({ text, data }) {
  if (data?.detail) return [data.detail, ...Object.values(data.fields || {}).flat()].join(" ");
  const page = fragmentOf(text);
  const said = [...page.querySelectorAll(".card-refused, .notice p, .error-page p")].map((part) => part.textContent.trim());
  return said.filter(Boolean).join(" ").slice(0, 500) || gettext("The server refused it.");
}

const sender = new Sender({
  name: "sanji-outbox", person: me(), request, arrived, refused, tell,
  waiting: async () => (await mine()).filter((item) => item.state !== "refused"),
  // What is too large is refused before any view has seen it.
  proof: (item, answer) => answer.header(RECEIPT) === item.stamp || (answer.kind === "refused" && answer.status === 413),
});

export const outbox = {
  mine,
  now: () => sender.now(),

  hear(hearer) {
    hearers.add(hearer);
    return () => hearers.delete(hearer);
  },

  /** Queues an act unless the same is waiting already, and sends at once. The tap is answered before it is stored. */
  async add({ key, url, fields, ...more }) {
    const item = { ...more, key, id: `${me()}:${key}`, person: me(), state: "waiting", stamp: uuid(), order: Date.now() };
    // Orders are named by number: after a restore the same number may be another order.
    item.epoch = document.querySelector("[data-live-epoch]")?.dataset.liveEpoch || "";
    Object.assign(item, { url: new URL(url, location.href).pathname, fields: fields.filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string") });
    newest = Math.max(newest + 1, item.order, ...(await mine()).map((other) => other.order + 1));
    announce(item, "sending");
    await hold("outbox", { ...item, order: newest });
    return sender.now();
  },

  /** A refused one once more: what stood against it may be over. */
  async again({ id }) {
    const item = await get("outbox", id);
    if (item) await hold("outbox", { ...item, state: "waiting", stamp: uuid() });
    return sender.now();
  },

  dismiss: ({ id }) => remove("outbox", id),
};

windows?.addEventListener("message", ({ data }) => {
  if (data?.item?.person === me()) announce(data.item, data.state, data.html, data.foreign);
});

if (me()) sender.now();
