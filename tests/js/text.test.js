import { place } from "./browser.js";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { named, plain } from "../../static/js/core/text.js";
import { nameOf, shortNameOf } from "../../static/js/map/names.js";
import { plainSha256, sha256 } from "../../static/js/hazards/sha256.js";

test("a plain text has no character that turns or hides what stands around it, and keeps its tabs and lines", () => {
  assert.equal(plain("a\u202eb\u2066c\u200bd\u0000e\tf\ng\ufeff"), "abcde\tf\ng");
  assert.equal(plain("三级 ☂ emoji 👩‍🚒"), "三级 ☂ emoji 👩‍🚒");
});

test("what is no text is none", () => {
  assert.deepEqual([null, undefined, 0, 7, false].map(plain), ["", "", "0", "7", "false"]);
});

test("a name is text, never HTML, in an element of its own direction", () => {
  place("<p></p>");
  const element = named("<img src=x>\u202e", "unit-name");
  assert.equal(element.outerHTML, '<bdi class="unit-name">&lt;img src=x&gt;</bdi>');
});

test("a unit's name on an English page, and the short one without its kind", () => {
  assert.equal(nameOf({ en: "Jushui Township", zh: "举水乡" }), "Jushui Township");
  assert.equal(nameOf({ en: "", zh: "举水乡" }), "举水乡");
  assert.equal(shortNameOf({ en: "Jushui Township", zh: "举水乡" }), "Jushui");
});

test("our own SHA-256 is that of everybody, for every length about the blocks' ends", async () => {
  for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, n) => (n * 31) % 256);
    const right = createHash("sha256").update(bytes).digest("hex");
    assert.equal(plainSha256(bytes.buffer), right, `${length} bytes`);
    assert.equal(await sha256(new Blob([bytes])), right);
  }
});
