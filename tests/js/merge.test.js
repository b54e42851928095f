import { place } from "./browser.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { concerns } from "../../static/js/core/fragments.js";
import { fragmentOf } from "../../static/js/core/http.js";
import { merge } from "../../static/js/core/merge.js";

function merged(before, after, meanwhile = () => {}) {
  const target = place(`<div>${before}</div>`);
  meanwhile(target);
  merge(target, fragmentOf(after));
  return target;
}

const focus = (element) => Object.defineProperty(document, "activeElement", { value: element, configurable: true });

test("what is there becomes what has come", () => {
  const cases = [
    ["", "<p>a</p>"], ["<p>a</p>", ""], ["<p>a</p>", "<p class='x'>b</p> c"], ["a<b>b</b>", "<b>c</b>d"], ["<p>a</p>", "<ul><li>a</li></ul>"],
    ["<p id='a'>a</p><p id='b'>b</p>", "<p id='b'>b</p><p id='a'>a</p>"], ["<p id='a'></p>", "<div id='a'></div>"],
    ["<i id='1'></i><i id='2'></i>", "<i id='0'></i><i id='2'></i><i id='3'></i>"],
  ];
  for (const [before, after] of cases) assert.equal(merged(before, after).innerHTML, place(`<div>${after}</div>`).innerHTML);
});

test("a row that moves is the same element still", () => {
  let row;
  const list = merged("<li id='a'>a</li><li id='b'>b</li>", "<li id='c'>c</li><li id='b'>B</li><li id='a'>a</li>", (target) => { row = target.querySelector("#b"); });
  assert.equal(list.querySelector("#b"), row);
  assert.equal(row.textContent, "B");
});

test("a row without a key never becomes one with a key", () => {
  let other;
  const list = merged("<li id='a'>a</li>", "<li>none</li>", (target) => { other = target.firstChild; });
  assert.notEqual(list.firstChild, other);
});

test("open details stay open, closed ones closed, dialogs as they are", () => {
  const details = merged("<details><p>a</p></details>", "<details><p>b</p></details>", (target) => target.firstChild.setAttribute("open", "")).firstChild;
  assert.equal(details.hasAttribute("open"), true);
  assert.equal(details.textContent, "b");
  assert.equal(merged("<details></details>", "<details open></details>").firstChild.hasAttribute("open"), false);
  assert.equal(merged("<dialog open></dialog>", "<dialog></dialog>").firstChild.hasAttribute("open"), true);
});

test("a button that is busy stays busy", () => {
  assert.equal(merged("<button aria-busy='true'>a</button>", "<button>b</button>").firstChild.outerHTML, '<button aria-busy="true">b</button>');
});

test("the control that has the focus is not touched; the default of another is only its default", () => {
  const before = "<input id='a' class='x'><input id='b' class='x'>";
  const after = "<input id='a' class='y'><input id='b' class='y'>";
  const target = merged(before, after, (found) => focus(found.querySelector("#a")));
  assert.deepEqual([...target.children].map((one) => one.className), ["x", "y"]);
  focus(null);
});

test("what has data-keep is left alone with all that is in it", () => {
  assert.equal(merged("<div data-keep=''><i>loaded</i></div>", "<div data-keep='' class='x'></div>").innerHTML, '<div data-keep=""><i>loaded</i></div>');
});

test("what has data-stays stays where it is until its surroundings go", () => {
  const target = merged("<p id='a'>a</p><p data-stays=''>told</p><p id='b'>b</p>", "<p id='a'>A</p><p id='b'>B</p>");
  assert.equal(target.textContent, "AtoldB");
  assert.equal(merged("<div><p data-stays=''>told</p></div>", "<ul></ul>").innerHTML, "<ul></ul>");
  assert.equal(merged("<p data-stays=''>told</p><b>a</b>", "<p>new</p><b>b</b>").textContent.replace("told", ""), "newb", "nothing new is taken for it");
});

test("three hundred rows with one gone, one new and two changed are the same elements", () => {
  const rows = (list) => list.map(([key, text]) => `<li id="${key}">${text}</li>`).join("");
  const before = Array.from({ length: 300 }, (_, n) => [n, `row ${n}`]);
  const after = before.filter(([key]) => key !== 150).map(([key, text]) => [key, key % 100 ? text : `${text}!`]);
  after.splice(10, 0, ["new", "new"]);
  let kept;
  const target = merged(rows(before), rows(after), (found) => { kept = new Set(found.children); });
  assert.equal(target.innerHTML, rows(after));
  assert.equal([...target.children].filter((row) => !kept.has(row)).length, 1);
});

test("a fragment hears what it names, and nothing else", () => {
  const frame = (subject, card = {}) => ({ subject, card });
  assert.equal(concerns(frame("incident:7"), "incident:7"), true);
  assert.equal(concerns(frame("incident:70"), "incident:7"), false);
  assert.equal(concerns(frame("assignment:9", { incident: 7, order: 3 }), "order:3"), true);
  assert.equal(concerns(frame("assignment:9", { incident: 7 }), "incident:"), true);
  assert.equal(concerns(frame("warning:2"), "incident: mine"), false);
  assert.equal(concerns(frame("order:2"), "mine"), true);
  assert.equal(concerns({ subject: "order:2", card: null }, ""), false);
});
