import "./browser.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, change, get, hold, keeps, put, remove } from "../../static/js/core/store.js";

// As in the private windows of some browsers.
indexedDB.open = () => { throw new Error("forbidden"); };

test("where nothing outlives the page, rows are kept while it is open, and it is known", async () => {
  assert.equal(await keeps(), false);
  await put("outbox", { id: "a", person: "7", url: "/a/", fields: [] });
  await hold("outbox", { id: "b", person: "7", url: "/b/", fields: [] });
  await change("outbox", "a", (row) => { row.url = "/c/"; });
  assert.equal((await get("outbox", "a")).url, "/c/");
  assert.deepEqual((await all("outbox")).map(({ id }) => id), ["a", "b"]);
  await remove("outbox", "a");
  assert.equal(await get("outbox", "a"), undefined);
  assert.equal(await change("outbox", "a", () => {}), undefined);
});
