import { answer, place, serve } from "./browser.js";
import assert from "node:assert/strict";
import { test } from "node:test";

import { ask } from "../../static/js/core/http.js";
import { inWorld, sameWorld } from "../../static/js/core/world.js";
import { startGuard } from "../../static/js/frame/htmx_guard.js";

const EXERCISE = '<div data-live-seq="9" data-exercise="3"></div>';
const REAL = '<div data-live-seq="9"></div>';

/** The path that htmx would ask for. */
function pathOfHtmx(verb, path) {
  const event = new CustomEvent("htmx:configRequest", { bubbles: true, detail: { verb, path, headers: {} } });
  document.dispatchEvent(event);
  return event.detail.path;
}

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

test("an address is put into a world once, before its fragment", () => {
  assert.equal(inWorld("/board/strip/", "3"), "/board/strip/?exercise=3");
  assert.equal(inWorld("/search/?text=a", "3"), "/search/?text=a&exercise=3");
  assert.equal(inWorld("/orders/?exercise=3&page=2", "3"), "/orders/?exercise=3&page=2");
  assert.equal(inWorld("/orders/?exercise=4", "3"), "/orders/?exercise=4", "an address that names its world means it");
  assert.equal(inWorld("/orders/#last", "3"), "/orders/?exercise=3#last");
  assert.equal(inWorld("/orders/?exercised=1", "3"), "/orders/?exercised=1&exercise=3");
  assert.equal(inWorld("/orders/", ""), "/orders/");
});

test("what a page of an exercise fetches is of that exercise; what it does speaks for itself", async () => {
  const asked = serve(() => answer(200, "<p>"));
  place(EXERCISE);
  await ask("/board/strip/", { expects: "html" });
  await ask("/orders/7/remind/", { method: "POST" });
  place(REAL);
  await ask("/board/strip/", { expects: "html" });
  assert.deepEqual(asked.map(({ url }) => url), ["/board/strip/?exercise=3", "/orders/7/remind/", "/board/strip/"]);
});

test("htmx's requests are of the page's exercise too", () => {
  startGuard();
  place(EXERCISE);
  assert.equal(pathOfHtmx("get", "/search/"), "/search/?exercise=3");
  assert.equal(pathOfHtmx("post", "/orders/7/remind/"), "/orders/7/remind/");
  place(REAL);
  assert.equal(pathOfHtmx("get", "/search/"), "/search/");
});
