import "./browser.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Answers } from "../../static/js/map/answers.js";

const DUE = "2026-07-01T08:05:00Z";
const BEFORE = Date.parse(DUE) - 1;
const PAST = Date.parse(DUE);
const card = (more = {}) => ({
  type: "assignment", id: 7, order: 1, incident: 1, unit: "U", status: "called", climbed_to: "", ack_due_at: DUE, person: { id: 1 }, answered_by: null, ...more,
});
const frame = (seq, more) => ({ seq, at: "2026-07-01T08:00:00Z", card: card(more) });
const layer = (items, seqBefore = 100) => ({ seqBefore, features: [{ properties: { unit: "U", items } }] });
const item = (more = {}) => ({ id: 7, seq: 10, status: "called", climbed_to: "", ack_due_at: DUE, incident: 1, ...more });

test("one who is called becomes silent at the second when the answer was due", () => {
  const answers = new Answers();
  answers.take(frame(1));
  assert.equal(answers.unit("U", BEFORE).state, "called");
  assert.equal(answers.unit("U", PAST).state, "silent");
  assert.equal(answers.unit("U", PAST).silent, 1);
});

test("an older card never replaces a newer one, by event or by layer", () => {
  const answers = new Answers();
  const states = [[20, "received"], [10, "called"], [30, "done"], [20, "received"]].map(([seq, status]) => {
    answers.take(frame(seq, { status }));
    return answers.unit("U", BEFORE).state;
  });
  answers.load(layer([item({ seq: 10 })], 15));
  assert.deepEqual([...states, answers.unit("U", BEFORE).state], ["received", "received", "done", "done", "done"]);
});

test("a layer drops what it does not name, but not what an event brought while it was under way", () => {
  const answers = new Answers();
  answers.load(layer([item({ id: 1 }), item({ id: 2 })], 10));
  answers.take(frame(12, { id: 3 }));
  answers.load(layer([item({ id: 1 })], 11));
  assert.equal(answers.unit("U", BEFORE).total, 2);
});

test("the state of a unit is the neediest of its assignments, and all are counted", () => {
  const answers = new Answers();
  answers.take(frame(1, { id: 1, status: "done" }));
  answers.take(frame(2, { id: 2, status: "received" }));
  answers.take(frame(3, { id: 3 }));
  const { state, total, counts } = answers.unit("U", BEFORE);
  assert.deepEqual([state, total, counts], ["called", 3, { done: 1, received: 1, called: 1 }]);
});

test("who received it for another is told from who was called", () => {
  const answers = new Answers();
  answers.take(frame(1, { status: "received", answered_by: { id: 2 } }));
  assert.equal(answers.unit("U", PAST).state, "answered_for");
  answers.take(frame(2, { status: "received", answered_by: { id: 1 } }));
  assert.equal(answers.unit("U", PAST).state, "received");
});

test("an assignment that was called off is gone, and no older card brings it back", () => {
  const answers = new Answers();
  answers.take(frame(5));
  assert.equal(answers.take(frame(6, { status: "called_off" })), true);
  assert.equal(answers.unit("U"), null);
  assert.equal(answers.take(frame(5)), false);
  assert.equal(answers.unit("U"), null);
});

test("cards of another incident are none of this map's", () => {
  const answers = new Answers();
  answers.incident = 2;
  assert.equal(answers.take(frame(1)), false);
  assert.equal(answers.unit("U"), null);
});

test("an order's one event brings all of its cards", () => {
  const answers = new Answers();
  answers.take({ seq: 1, at: DUE, card: { type: "called", assignments: [card({ id: 1 }), card({ id: 2, unit: "V" })] } });
  assert.deepEqual(answers.totals(BEFORE), { called: 2 });
});

test("changes are told once", () => {
  const answers = new Answers();
  answers.take(frame(1));
  assert.deepEqual(answers.changes(BEFORE).map(([code]) => code), ["U"]);
  assert.deepEqual(answers.changes(BEFORE), []);
  assert.deepEqual(answers.changes(PAST).map(([, found]) => found.state), ["silent"]);
});

test("frames without a card change nothing", () => {
  const answers = new Answers();
  for (const card of [null, undefined, {}, { type: "incident" }]) assert.equal(answers.take({ seq: 1, card }), false);
});
