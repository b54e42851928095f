import "./browser.js";
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ago, span } from "../../static/js/core/countdown.js";
import { heed, now } from "../../static/js/core/clock.js";
import { Pace, between } from "../../static/js/core/pace.js";

const DAY = 86_400_000;

test("the clock goes on by the monotonic clock from what the server told", () => {
  let at = 1000;
  const clock = mock.method(performance, "now", () => at);
  heed("2026-07-01T00:00:00Z", 1000);
  at = 3500;
  assert.equal(now(), Date.parse("2026-07-01T00:00:02.500Z"));
  clock.mock.restore();
});

test("of what was heard within a minute the latest time is nearest to the truth, and an older word is forgotten", () => {
  let at = 100_000;
  const clock = mock.method(performance, "now", () => at);
  heed(5_000_000, 100_000); // told 2 s before it came
  heed(5_012_000, 110_000);
  heed(5_021_000, 120_000); // slower on its way than the one before: does not set the clock back
  at = 120_000;
  assert.equal(now(), 5_022_000);
  heed(5_100_000, 200_000); // all of the others are more than a minute old
  at = 200_000;
  assert.equal(now(), 5_100_000);
  clock.mock.restore();
});

test("a time that is none leaves the clock alone", () => {
  const clock = mock.method(performance, "now", () => 500_000);
  heed(9_000_000, 500_000);
  for (const none of ["", "soon", NaN, undefined, null, Infinity]) heed(none, 500_000);
  assert.equal(now(), 9_000_000);
  clock.mock.restore();
});

test("so many tries a minute, and one that a person asked for besides", () => {
  let at = 0;
  const pace = new Pace(3, () => at);
  const got = [];
  for (at of [0, 1000, 2000, 3000, 59_000, 60_000, 60_500, 61_000]) got.push(pace.take() ? "yes" : pace.room());
  assert.deepEqual(got, ["yes", "yes", "yes", 57_000, 1000, "yes", 500, "yes"]);
  assert.equal(pace.take(true), true);
});

test("a clock that was set back does not stop the tries", () => {
  let at = 100_000;
  const pace = new Pace(1, () => at);
  assert.equal(pace.take(), true);
  at = 10;
  assert.equal(pace.take(), true);
});

test("a wait between two lies between them", () => {
  for (let n = 0; n < 100; n += 1) {
    const wait = between(500, 700);
    assert.ok(wait >= 500 && wait < 700);
  }
});

test("lengths of time in figures", () => {
  assert.deepEqual([0, 999, 61_000, 247_000, 3_847_000].map(span), ["0:00", "0:00", "1:01", "4:07", "1:04:07"]);
  assert.equal(span(2 * DAY + 3 * 3_600_000), "2 d 3 h");
  assert.equal(span(-5000), "0:00");
});

test("how long ago", () => {
  assert.deepEqual([0, 14_000, 180_000, 7_200_000, 4 * DAY].map(ago), ["now", "14 s ago", "3 min ago", "2 h ago", "4 d ago"]);
  assert.equal(ago(NaN), "");
});
