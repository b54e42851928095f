import assert from "node:assert/strict";
import { test } from "node:test";

import { sameWorld } from "../../static/js/core/world.js";

test("a page of what is real takes what is real and nothing of an exercise", () => {
  assert.ok(sameWorld({ seq: 1 }, undefined));
  assert.ok(sameWorld({ seq: 1, exercise: null }, ""));
  assert.ok(!sameWorld({ seq: 1, exercise: 3 }, undefined));
});

test("a page of an exercise takes that exercise alone", () => {
  assert.ok(sameWorld({ seq: 1, exercise: 3 }, "3"));
  assert.ok(!sameWorld({ seq: 1, exercise: 4 }, "3"));
  assert.ok(!sameWorld({ seq: 1 }, "3"));
});
