// A call on a demo phone: keys, receipts, the end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call, lasts } from "../../static/js/desk/demo_call.js";

const call = () => new Call({ reference: "k3-1", text: "立即转移", question: "几人？" }, "zh-hans", 0);

test("a number goes with the hash key, and a star at once", () => {
  const one = call();
  assert.equal(one.press("2"), "");
  assert.equal(one.press("3"), "");
  assert.equal(one.typed, "23");
  assert.equal(one.press("#"), "23#");
  assert.equal(one.typed, "");
  assert.equal(one.press("4"), "");
  assert.equal(one.press("*"), "*");
  assert.equal(one.typed, "");
});

test("no number is longer than five digits", () => {
  const one = call();
  for (const key of "1234567") one.press(key);
  assert.equal(one.typed, "12345");
});

test("whoever hangs up early has not heard it", () => {
  const one = call();
  const whole = lasts(one.words, "zh-hans");
  assert.equal(one.outcomeAt(whole - 1), "hung_up");
  assert.equal(one.outcomeAt(whole), "heard");
  one.heard = true;
  assert.equal(one.outcomeAt(1), "heard");
});

test("asked once more, then over; nothing is sent after that", () => {
  const one = call();
  assert.equal(one.take({ understood: false, ask_again: true }, 1), "asked");
  assert.equal(one.over, false);
  assert.equal(one.take({ understood: false, ask_again: false }, 2), "over");
  assert.equal(one.over, true);
  assert.equal(one.press("#"), "");
  assert.equal(call().take({ understood: true, ask_again: false }, 3), "taken");
});
