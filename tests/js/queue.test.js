import { answer, serve } from "./browser.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Queue } from "../../static/js/hazards/queue.js";
import { all, get, photosOf, put, remove, removeReport, reportsOf } from "../../static/js/hazards/reports.js";

const report = (id, more = {}) => ({ id, person: "7", state: "waiting", made: `2026-07-01T08:0${id}:00Z`, fields: { kind: "slope" }, ...more });
const photo = (id, of, more = {}) => ({ id, report: of, person: "7", blob: new Blob(["x"]), name: "a.jpg", shows: "site", sha256: `sum-${id}`, originalSha256: `sum-${id}`, at: 1, ...more });

/** Our server: files texts and takes photos. */
function takes(url, { body }) {
  if (url.endsWith("/photos/")) return answer(201, { sha256: body.get("sha256") });
  return answer(201, { client_id: JSON.parse(body).client_id, id: 40, ref: "H-40" });
}

mock.timers.enable({ apis: ["setTimeout"] }); // nothing is sent again by itself

let told;
let queue;
beforeEach(async () => {
  for (const name of ["reports", "photos"]) for (const row of await all(name)) await remove(name, row.id);
  told = [];
  queue = new Queue({ person: "7", tell: (trouble, over) => told.push([trouble, Boolean(over)]) });
});

test("a report's text goes first, then its photos, and it is delivered when each has its receipt", async () => {
  await put("reports", report("1"));
  await put("photos", photo("p", "1"));
  await put("photos", photo("q", "1", { originalSha256: "sum-o", at: 2 }));
  const asked = serve(takes);
  await queue.now();
  assert.deepEqual(asked.map(({ url }) => url), ["/api/v1/hazards/", "/api/v1/hazards/40/photos/", "/api/v1/hazards/40/photos/"]);
  assert.deepEqual(asked.slice(1).map(({ body }) => body.get("original_sha256")), [null, "sum-o"]);
  const row = await get("reports", "1");
  assert.deepEqual([row.state, row.ticket.ref, row.tries], ["delivered", "H-40", 1]);
  assert.deepEqual((await photosOf("1")).map(({ blob, receipt }) => [blob, Boolean(receipt)]), [[null, true], [null, true]]);
  assert.deepEqual(told.at(-1), ["", true]);
});

test("all texts go before any photo, in the order in which they were made", async () => {
  await put("reports", report("2"));
  await put("reports", report("1"));
  await put("photos", photo("p", "1"));
  const asked = serve(takes);
  await queue.now();
  assert.deepEqual(asked.slice(0, 2).map(({ body }) => JSON.parse(body).client_id), ["1", "2"]);
  assert.equal(asked[2].url.endsWith("/photos/"), true);
});

test("whatever is not our server's word on this very report leaves it waiting", async () => {
  const replies = {
    "no network": () => null,
    portal: () => answer(200, "welcome", { foreign: true }),
    "another report": () => answer(201, { client_id: "other", id: 1 }),
    "a page for JSON": () => answer(200, "<p>fine</p>"),
    busy: () => answer(503, { code: "busy" }),
    "an answer that came too late": () => answer(408, { code: "timeout" }),
    "forbidden, by whom is not known": () => answer(403, { code: "csrf" }),
  };
  for (const [name, reply] of Object.entries(replies)) {
    await put("reports", report("1"));
    serve(reply);
    await queue.now();
    assert.equal((await get("reports", "1")).state, "waiting", name);
    assert.equal(told.at(-1)[1], true, name);
  }
});

test("a refused report is a draft again with what was wrong; one that differs is told as such", async () => {
  await put("reports", report("1"));
  serve(() => answer(400, { code: "invalid", detail: "No.", fields: { kind: ["Choose one."] } }));
  await queue.now();
  const draft = await get("reports", "1");
  assert.deepEqual([draft.state, draft.problem.fields], ["draft", { kind: ["Choose one."] }]);
  await put("reports", report("2"));
  serve(() => answer(409, { code: "conflict", current: { ref: "H-1" } }));
  await queue.now();
  const other = await get("reports", "2");
  assert.deepEqual([other.state, other.problem.current.ref], ["conflict", "H-1"]);
});

test("a photo that is refused is told and does not hold up the report", async () => {
  await put("reports", report("1", { ticket: { id: 40 } }));
  await put("photos", photo("p", "1"));
  await put("photos", photo("q", "1", { at: 2 }));
  serve((url, options, n) => (n === 1 ? answer(422, { code: "invalid", fields: { photo: ["No picture."] } }) : takes(url, options)));
  await queue.now();
  assert.deepEqual((await photosOf("1")).map(({ problem }) => problem), ["No picture.", undefined]);
  assert.equal((await get("reports", "1")).state, "delivered");
});

test("bytes that changed on the way are sent again", async () => {
  await put("reports", report("1", { ticket: { id: 40 } }));
  await put("photos", photo("p", "1"));
  for (const reply of [() => answer(201, { sha256: "other" }), () => answer(400, { code: "invalid", fields: { sha256: ["Differs."] } })]) {
    serve(reply);
    await queue.now();
    const [{ receipt, problem }] = await photosOf("1");
    assert.deepEqual([receipt, problem], [undefined, undefined]);
  }
  serve(takes);
  await queue.now();
  assert.equal((await get("reports", "1")).state, "delivered");
});

test("signed out, everything waits and it is told", async () => {
  await put("reports", report("1"));
  serve(() => answer(401));
  await queue.now();
  assert.deepEqual(told.at(-1), ["signed-out", true]);
  assert.equal((await get("reports", "1")).state, "waiting");
});

test("drafts and other people's reports are not sent", async () => {
  await put("reports", report("1", { state: "draft" }));
  await put("reports", report("2", { person: "8" }));
  const asked = serve(takes);
  await queue.now();
  assert.equal(asked.length, 0);
  assert.deepEqual((await reportsOf("7")).map(({ id }) => id), ["1"]);
});

test("a report is removed with its photos", async () => {
  await put("reports", report("1"));
  await put("photos", photo("p", "1"));
  await put("photos", photo("q", "2"));
  await removeReport("1");
  assert.deepEqual([(await all("reports")).length, (await all("photos")).map(({ id }) => id)], [0, ["q"]]);
});
