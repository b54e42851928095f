import { answer, serve } from "./browser.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { outbox, reasonOf } from "../../static/js/core/outbox.js";
import { all, put, remove } from "../../static/js/core/store.js";

const RECEIPT = "X-Sanji-Item";
const act = (key, more = {}) => ({ key, url: `/orders/mine/${key.split(":")[0]}/act/`, fields: [["step", "received"]], ...more });
/** Our server's word about the very item that was sent. */
const decided = (status, body = "") => (_, { headers }) => answer(status, body, { headers: { [RECEIPT]: headers[RECEIPT] } });
const kept = async () => (await all("outbox")).map(({ key, state }) => [key, state]);

mock.timers.enable({ apis: ["setTimeout"] }); // nothing is sent again by itself

let heard;
let still;
beforeEach(async () => {
  still?.();
  for (const row of await all("outbox")) await remove("outbox", row.id);
  heard = [];
  still = outbox.hear((item, state, html, foreign) => heard.push([item.key, state, ...(foreign ? ["foreign"] : [])]));
});

test("an act is sent with what the person chose, and let go of when our server has decided on it", async () => {
  const asked = serve(decided(200, "<article data-card='3'></article>"));
  await outbox.add(act("3:received", { url: "http://sanji.test/orders/mine/3/act/", fields: [["csrfmiddlewaretoken", "x"], ["step", "received"], ["photo", new Blob([])]] }));
  assert.equal(asked[0].url, "/orders/mine/3/act/");
  assert.equal(asked[0].headers["X-Sanji-Person"], "7");
  assert.deepEqual([...asked[0].body], [["step", "received"]]);
  assert.deepEqual(heard.map(([, state]) => state), ["sending", "sending", "arrived"]);
  assert.deepEqual(await kept(), []);
});

test("nothing but our server's word on this very act settles it", async () => {
  const answers = {
    "no network": [() => null, "waiting"],
    "a portal's page": [() => answer(200, "welcome", { foreign: true }), "waiting"],
    "a gateway's refusal": [() => answer(404, "", { foreign: true }), "waiting"],
    "ours, of something else": [() => answer(200, "fine"), "waiting"],
    "ours, of another act": [() => answer(200, "fine", { headers: { [RECEIPT]: "other" } }), "waiting"],
    "ours, refused before a view saw it": [() => answer(400, "bad"), "waiting"],
    "ours, busy": [() => answer(503), "waiting"],
    "ours, signed out": [() => answer(401), "signed-out"],
    "ours, somebody else's session": [() => answer(403), "signed-out"],
  };
  for (const [name, [reply, state]] of Object.entries(answers)) {
    serve(reply);
    heard.length = 0;
    await outbox.add(act("3:received"));
    assert.equal(heard.at(-1)[1], state, name);
    assert.deepEqual(await kept(), [["3:received", "waiting"]], name);
  }
  serve(decided(200));
  await outbox.now();
  assert.deepEqual(await kept(), []);
});

test("that the network answered instead of the server is told", async () => {
  serve(() => answer(200, "welcome", { foreign: true }));
  await outbox.add(act("3:received"));
  assert.deepEqual(heard.at(-1), ["3:received", "waiting", "foreign"]);
});

test("what our server refuses is kept with its words, and is sent again or put away by the person", async () => {
  serve(decided(409, { detail: "It was called off.", fields: { step: ["Not now."] } }));
  await outbox.add(act("3:received"));
  const [item] = await outbox.mine();
  assert.deepEqual([item.state, item.reason], ["refused", "It was called off. Not now."]);
  const asked = serve(decided(200));
  await outbox.now();
  assert.equal(asked.length, 0, "not by itself");
  await outbox.again(item);
  assert.equal(asked.length, 1);
  assert.notEqual(asked[0].headers[RECEIPT], item.stamp);
  assert.deepEqual(await kept(), []);
  serve(decided(400, "bad"));
  await outbox.add(act("4:received"));
  await outbox.dismiss((await outbox.mine())[0]);
  assert.deepEqual(await kept(), []);
});

test("what is too large is refused before any view has seen it", async () => {
  serve(() => answer(413, { detail: "Too large." }));
  await outbox.add(act("3:photo", { photo: new Blob(["x"]), photoName: "a.jpg" }));
  assert.deepEqual(await kept(), [["3:photo", "refused"]]);
});

test("the reason is a card's, a notice's or the API's own words", () => {
  assert.equal(reasonOf({ text: "<p class='card-refused'> Too late. </p>" }), "Too late.");
  assert.equal(reasonOf({ text: "<div class='notice'><p>One.</p><p>Two.</p></div>" }), "One. Two.");
  assert.equal(reasonOf({ text: "", data: { detail: "No." } }), "No.");
  assert.equal(reasonOf({ text: "<h1>Error</h1>" }), "The server refused it.");
});

test("acts arrive in the order in which they were done, and wait behind one that is stuck", async () => {
  serve(() => null);
  await outbox.add(act("3:received"));
  await outbox.add(act("4:received"));
  await outbox.add(act("3:in_place"));
  const asked = serve((url, options, n) => (n === 2 ? null : decided(200)(url, options)));
  await outbox.now();
  assert.deepEqual(asked.map(({ url }) => url.match(/\d+/)[0]), ["3", "4"]);
  assert.deepEqual((await outbox.mine()).map(({ key }) => key), ["4:received", "3:in_place"]);
});

test("a photo that a gateway holds back does not hold back the rest", async () => {
  const gateway = (url, options) => (options.body.has("photo") ? answer(413, "", { foreign: true }) : decided(200)(url, options));
  serve(() => null);
  await outbox.add(act("3:photo", { photo: new Blob(["x"]) }));
  await outbox.add(act("4:received"));
  serve(gateway);
  await outbox.now();
  assert.deepEqual((await outbox.mine()).map(({ key }) => key), ["3:photo"]);
});

test("the same act done again meanwhile is not settled by the answer to the first", async () => {
  let let_go;
  const asked = serve(async (url, options, n) => {
    if (n === 1) await new Promise((resolve) => { let_go = resolve; });
    return decided(200)(url, options);
  });
  const first = outbox.add(act("3:received", { fields: [["note", "a"]] }));
  while (!let_go) await new Promise((resolve) => { setImmediate(resolve); });
  const second = outbox.add(act("3:received", { fields: [["note", "b"]] }));
  while (!(await outbox.mine()).some(({ fields }) => fields[0][1] === "b")) await new Promise((resolve) => { setImmediate(resolve); });
  let_go();
  await Promise.all([first, second]);
  await outbox.now();
  assert.deepEqual(asked.map(({ body }) => body.get("note")), ["a", "b"]);
  assert.deepEqual(await kept(), []);
});

test("another person's acts wait for them", async () => {
  await put("outbox", { id: "8:a", key: "9:received", person: "8", url: "/orders/mine/9/act/", fields: [], state: "waiting", order: 1, stamp: "s" });
  const asked = serve(decided(200));
  await outbox.now();
  assert.equal(asked.length, 0);
  assert.equal((await all("outbox")).length, 1);
});

test("three hundred that wait are all sent, each once", { timeout: 20_000 }, async () => {
  for (let n = 0; n < 300; n += 1) {
    await put("outbox", { id: `7:${n}`, key: `${n}:received`, person: "7", url: `/orders/mine/${n}/act/`, fields: [], state: "waiting", order: n, stamp: `s${n}` });
  }
  const asked = serve(decided(200));
  await outbox.now();
  assert.deepEqual(asked.map(({ url }) => Number(url.match(/\d+/)[0])), Array.from({ length: 300 }, (_, n) => n));
  assert.deepEqual(await kept(), []);
});
