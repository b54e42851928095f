import "./browser.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openDB } from "../../static/vendor/idb/idb.js";

// What an earlier version kept is there before the page opens.
const old = await openDB("sanji-phone", 1, {
  upgrade(db) { db.createObjectStore("outbox", { keyPath: "id", autoIncrement: true }); db.createObjectStore("drafts", { keyPath: "id" }); },
});
await old.put("outbox", { key: "3:received", url: "/orders/mine/3/act/", fields: [["step", "received"]], person: 7 });
await old.put("outbox", { key: "4:received", url: "https://evil.test/", fields: [], person: 7 });
await old.put("drafts", { id: "7:3", note: "写了一半" });
old.close();
localStorage.setItem("sanji:7:ancient", JSON.stringify({ at: 0, value: 1 }));
localStorage.setItem("sanji:7:broken", "{");

const store = await import("../../static/js/core/store.js");
const moved = { outbox: await store.all("outbox"), drafts: await store.all("drafts") };
const NAMES = ["outbox", "drafts", "reports", "photos"];
const asked = (id, more = {}) => ({ id, person: "7", url: "/a/", fields: [], state: "waiting", ...more });
const report = (id, state, more = {}) => ({ id, person: "7", state, made: "2026-07-01", fields: {}, ...more });

beforeEach(async () => {
  document.documentElement.dataset.me = "7";
  for (const name of NAMES) for (const row of await store.all(name)) await store.remove(name, row.id);
});

test("rows of an earlier version's database come over, but for what was no row", () => {
  assert.deepEqual(moved.outbox.map(({ id, person, state }) => [id, person, state]), [["7:3:received", "7", "waiting"]]);
  assert.deepEqual(moved.drafts, [{ id: "7:3", note: "写了一半", person: "7" }]);
});

test("small values that are too old or cannot be read are tidied away", () => {
  assert.deepEqual([localStorage.getItem("sanji:7:ancient"), localStorage.getItem("sanji:7:broken")], [null, null]);
});

test("a small value is one person's, and must pass what it is read for", () => {
  assert.equal(store.keep("view", { zoom: 9 }), true);
  assert.deepEqual(store.kept("view"), { zoom: 9 });
  assert.equal(store.kept("view", (value) => value.zoom < 9), null);
  assert.equal(store.kept("view", () => { throw new Error("no"); }), null);
  document.documentElement.dataset.me = "8";
  assert.equal(store.kept("view"), null);
  document.documentElement.dataset.me = "";
  assert.equal(store.keep("view", 1), false);
  document.documentElement.dataset.me = "7";
  store.drop("view");
  assert.equal(store.kept("view"), null);
});

test("a storage that is full or forbidden breaks nothing", () => {
  const { setItem } = localStorage;
  Object.getPrototypeOf(localStorage).setItem = () => { throw new Error("full"); };
  assert.equal(store.keep("view", 1), false);
  Object.getPrototypeOf(localStorage).setItem = setItem;
});

test("what is kept and is no row of ours is left out", async () => {
  await store.put("outbox", asked("a"));
  for (const [n, wrong] of [{ url: "https://evil.test/" }, { fields: "x" }, { fields: [["a", 1]] }, { person: 7 }].entries()) await store.put("outbox", asked(`w${n}`, wrong));
  assert.deepEqual((await store.all("outbox")).map(({ id }) => id), ["a"]);
  assert.equal(await store.get("outbox", "w0"), undefined);
});

test("a change reads and writes in one transaction, so that two at once lose nothing", async () => {
  await store.put("reports", report("r", "waiting", { tries: 0 }));
  await Promise.all(Array.from({ length: 20 }, () => store.change("reports", "r", (row) => { row.tries += 1; })));
  assert.equal((await store.get("reports", "r")).tries, 20);
  assert.equal(await store.change("reports", "none", () => {}), undefined);
});

test("what cannot be stored is told by put and kept by hold as long as the page is open", async () => {
  const unclonable = asked("a", { photo: () => {} });
  await assert.rejects(store.put("outbox", unclonable));
  await store.hold("outbox", unclonable);
  assert.equal(await store.get("outbox", "a"), unclonable);
  await store.remove("outbox", "a");
  assert.equal(await store.get("outbox", "a"), undefined);
});

test("the device's being full is known by its name", () => {
  assert.equal(store.isFull({ name: "QuotaExceededError" }), true);
  assert.equal(store.isFull({ name: "AbortError", inner: { name: "QuotaExceededError" } }), true);
  assert.equal(store.isFull(new Error("other")), false);
});

test("the end of a stay leaves what was not sent to its owner, and nothing of anybody else's is touched", async () => {
  store.keep("draft:order", { a: ["b"] });
  await store.put("outbox", asked("7:a"));
  await store.put("outbox", asked("7:b", { state: "refused" }));
  await store.put("outbox", asked("8:a", { person: "8" }));
  await store.put("drafts", { id: "7:3", person: "7" });
  await store.put("drafts", { id: "8:3", person: "8" });
  for (const state of ["draft", "waiting", "conflict", "delivered", "accepted"]) await store.put("reports", report(state, state));
  await store.put("photos", { id: "p", report: "delivered" });
  assert.equal(await store.unsent(), 4);
  await store.endStay();
  assert.equal(store.kept("draft:order"), null);
  assert.deepEqual((await store.all("drafts")).map(({ id }) => id), ["8:3"]);
  assert.deepEqual((await store.all("reports")).map(({ id }) => id), ["conflict", "draft", "waiting"]);
  assert.deepEqual(await store.all("photos"), []);
  assert.equal((await store.all("outbox")).length, 3);
});

test("a UUID is one where the browser has no randomUUID", () => {
  const { randomUUID } = crypto;
  crypto.randomUUID = undefined;
  for (let n = 0; n < 50; n += 1) assert.match(store.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  crypto.randomUUID = randomUUID;
});
