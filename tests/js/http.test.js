import { answer, serve } from "./browser.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, classify, csrfToken, headersOf, isOurs, json } from "../../static/js/core/http.js";

const ORIGIN = "http://sanji.test";
const HTML = { "Content-Type": "text/html; charset=utf-8" };
const MARK = { "X-Sanji": "1" };

function kindOf(status, headers, more = {}) {
  const header = (name) => headers[name] ?? null;
  return classify({ type: "basic", redirected: false, url: `${ORIGIN}/x/`, status, header, ...more }, { expects: "html", origin: ORIGIN });
}

test("an answer is taken only when our server made it for this address", () => {
  const ours = { ...HTML, ...MARK };
  assert.equal(kindOf(200, ours).kind, "ok");
  assert.equal(kindOf(204, MARK).kind, "ok");
  assert.equal(kindOf(200, HTML).kind, "none", "a gateway's page");
  assert.equal(kindOf(200, ours, { redirected: true }).kind, "none");
  assert.equal(kindOf(0, ours, { type: "opaqueredirect" }).kind, "none");
  assert.equal(kindOf(200, ours, { url: "http://portal.test/x/" }).kind, "none");
  assert.equal(kindOf(200, { ...MARK, "Content-Type": "image/png" }).kind, "none", "not what was asked for");
  assert.equal(kindOf(302, ours).kind, "none");
  for (const status of [200, 204, 302, 401, 403, 404, 407, 409, 413, 429, 502, 503, 511]) {
    assert.equal(kindOf(status, HTML).kind, "none", `a gateway's ${status} decides nothing`);
  }
  assert.equal(kindOf(204, { "HX-Redirect": "/login/" }).kind, "none");
});

test("what our server refuses, puts off, or asks to sign in for", () => {
  for (const status of [400, 403, 404, 409, 413, 422]) assert.equal(kindOf(status, MARK).kind, "refused", String(status));
  for (const status of [429, 500, 503]) assert.equal(kindOf(status, MARK).kind, "busy", String(status));
  assert.equal(kindOf(503, { ...MARK, "Retry-After": "7" }).wait, 7000);
  for (const wait of ["-1", "soon", ""]) assert.equal(kindOf(503, { ...MARK, "Retry-After": wait }).wait, 0);
  assert.equal(kindOf(401, MARK).kind, "signed-out");
  assert.equal(kindOf(204, { ...MARK, "HX-Redirect": "/login/?next=/" }).kind, "signed-out");
});

test("a redirection leads within our site or nowhere", () => {
  const to = (address) => kindOf(204, { ...MARK, "HX-Redirect": address }).redirect;
  assert.equal(to("/orders/7/#a"), "/orders/7/#a");
  for (const elsewhere of ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "http://["]) assert.equal(to(elsewhere), "", elsewhere);
  assert.equal(isOurs({ url: "", header: () => "1" }, ORIGIN), true);
});

test("the cookie's token is newer than the page's, and is sent with what changes something", () => {
  document.body.setAttribute("hx-headers", '{"X-CSRFToken": "page"}');
  assert.equal(csrfToken(), "page");
  Object.defineProperty(document, "cookie", { value: "a=b; csrftoken=cookie; c=d", configurable: true });
  assert.equal(csrfToken(), "cookie");
  assert.deepEqual(headersOf({ method: "POST" }), { "HX-Request": "true", "X-Sanji-Person": "7", "X-CSRFToken": "cookie" });
  assert.equal(headersOf({})["X-CSRFToken"], undefined);
  assert.equal(headersOf({ person: "" })["X-Sanji-Person"], undefined);
});

test("asking never throws: no network, nonsense for JSON, a foreign answer", async () => {
  serve(() => null);
  assert.equal((await ask("/x/")).kind, "none");
  serve(() => ({ ...answer(200, "<html>", { headers: { "Content-Type": "application/json" } }) }));
  assert.equal((await ask("/x/", { expects: "json" })).kind, "none");
  serve(() => answer(200, "welcome to the hotel", { foreign: true }));
  const { kind, foreign, text } = await ask("/x/");
  assert.deepEqual([kind, foreign, text], ["none", true, ""]);
  await assert.rejects(json("/x/"));
});

test("JSON of ours is read, an error's too", async () => {
  serve(() => answer(200, { rows: [1] }));
  assert.deepEqual(await json("/x/"), { rows: [1] });
  serve(() => answer(409, { code: "conflict" }));
  const { kind, data } = await ask("/x/", { method: "POST" });
  assert.deepEqual([kind, data.code], ["refused", "conflict"]);
});

test("that nobody is signed in any more is told to the page, unless it was asked quietly", async () => {
  let told = 0;
  const hear = (event) => { told += 1; event.preventDefault(); };
  document.addEventListener("sanji:signed-out", hear);
  serve(() => answer(401));
  await ask("/x/", { quiet: true });
  assert.equal(told, 0);
  await ask("/x/");
  assert.equal(told, 1);
  document.removeEventListener("sanji:signed-out", hear);
});

test("a form's own token is left out: the header's is newer", async () => {
  const asked = serve(() => answer(204));
  const body = new FormData();
  body.append("csrfmiddlewaretoken", "old");
  body.append("note", "到位");
  await ask("/x/", { method: "POST", body });
  assert.deepEqual([...asked[0].body.keys()], ["note"]);
});

test("an answer that does not come ends with its patience or its signal", { timeout: 5000 }, async () => {
  globalThis.fetch = (_, { signal }) => new Promise((_, reject) => { signal.addEventListener("abort", () => reject(new Error("aborted"))); });
  assert.equal((await ask("/x/", { timeout: 5 })).kind, "none");
  const control = new AbortController();
  const answered = ask("/x/", { signal: control.signal });
  control.abort();
  assert.equal((await answered).aborted, true);
});
