// The demo phones: asked for once a second, drawn anew where something has changed. Answers go to the doors of the
// demonstration's gateway account, like those of a real gateway.
import { button } from "../core/button.js";
import { icon } from "../core/icon.js";
import { ask } from "../core/http.js";
import { merge } from "../core/merge.js";
import { named, plain } from "../core/text.js";
import { toast } from "../core/toast.js";
import { Call } from "./demo_call.js";
import { drawGroups, drawSpeakers, element, timeOf } from "./demo_places.js";

const EVERY = 1000;
const READ = 5000; // ms that the end of a call stays, when another one rings already
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const page = document.querySelector("[data-demo-phones]");
const calls = new Map(); // person → the call that was answered here
const delivered = new Set(); // references of texts of which the receipt is out
const drawn = new Map(); // person → what its phone was drawn from
const given = new Set(); // references of calls of which it is out that nobody took them
const TABS = ["phones", "groups", "speakers"];
const nothing = { total: 0, shown: [] };
let state = { phones: [], page: 1, pages: 1, total: 0, ringing: 0, groups: nothing, speakers: nothing, unanswered: [] };
let wanted = 1;
let turn = 0;

const search = () => document.getElementById("phones-q").value.trim();

async function door(kind, body, account = page.dataset.account) {
  const headers = { "Content-Type": "application/json", Authorization: `Token ${page.dataset.token}` };
  const answer = await ask(`/api/v1/inbound/${kind}/${account}/`, {
    method: "POST", body: JSON.stringify(body), headers, expects: "json", quiet: true,
  });
  if (answer.kind === "ok") return answer.data;
  toast(gettext("The gateway's door did not take this. Try again."), { tone: "danger" });
  return null;
}

// Asking ---------------------------------------------------------------------------------------------------------------

async function refresh() {
  const mine = (turn += 1);
  const query = new URLSearchParams({ q: search(), page: String(wanted) });
  const answer = await ask(`${page.dataset.state}?${query}`, { expects: "json" });
  if (answer.kind !== "ok" || mine !== turn) return;
  state = answer.data;
  wanted = state.page;
  draw();
  await tellDelivered();
  await tellPlayed();
  await giveUp();
}

/** A phone that is on says of each text that it has come. */
async function tellDelivered() {
  const waiting = state.phones.flatMap((phone) => phone.bubbles).filter((one) => one.receipt && !delivered.has(one.reference));
  for (const one of waiting) delivered.add(one.reference);
  if (waiting.length) await door("receipt", waiting.map((one) => ({ reference: one.reference, outcome: "delivered" })));
}

/** A loudspeaker proves that it has spoken. */
async function tellPlayed() {
  const waiting = state.speakers.shown.filter((one) => one.receipt && !delivered.has(one.reference));
  for (const one of waiting) delivered.add(one.reference);
  const told = waiting.map((one) => ({ reference: one.reference, outcome: "delivered" }));
  if (told.length) await door("receipt", told, page.dataset.loudspeakers);
}

/** A telephone that nobody takes stops ringing; one that was taken here goes on. */
async function giveUp() {
  const taken = new Set([...calls.values()].map((call) => call.reference));
  const lost = state.unanswered.filter((reference) => !taken.has(reference) && !given.has(reference));
  for (const reference of lost) given.add(reference);
  if (lost.length) await door("receipt", lost.map((reference) => ({ reference, outcome: "no_answer" })));
}

// Acts -----------------------------------------------------------------------------------------------------------------

function speak(call, text) {
  if (!window.speechSynthesis) return;
  const said = new SpeechSynthesisUtterance(text);
  said.lang = call.language.startsWith("zh") ? "zh-CN" : "en-GB";
  said.rate = 0.95;
  said.onend = () => { call.heard = true; };
  window.speechSynthesis.cancel();
  window.speechSynthesis.speak(said);
}

const hush = () => window.speechSynthesis?.cancel();

function answer(phone) {
  const call = new Call(phone.call, phone.language, performance.now());
  calls.set(phone.id, call);
  speak(call, call.words);
  draw();
}

async function end(phone, outcome) {
  const call = calls.get(phone.id);
  const { reference } = call || phone.call;
  calls.delete(phone.id);
  hush();
  draw();
  if (!call?.over) await door("receipt", { reference, outcome, phone: phone.number });
  refresh();
}

async function press(phone, key) {
  const call = calls.get(phone.id);
  const keys = call?.press(key);
  draw();
  if (!keys) return;
  const told = await door("reply", { from: phone.number, key: keys, reference: call.reference });
  if (!told) return;
  const came = call.take(told, performance.now());
  call.said = {
    asked: gettext("Wrong key. The question is asked once more."),
    taken: gettext("Thank you, it is noted. The call has ended."),
    over: gettext("Not understood. The call has ended; the deputy is called."),
  }[came];
  if (came === "asked") speak(call, call.question);
  else hush();
  refresh();
}

async function write(phone, text) {
  if (!text.trim()) return;
  const told = await door("reply", { from: phone.number, text });
  if (!told) return;
  if (told.understood) toast(gettext("Understood: it acknowledges the order."), { tone: "ok" });
  else toast(gettext("It answers nothing that is open, and lies in the inbox now."), { tone: "warn" });
  refresh();
}

// Drawing --------------------------------------------------------------------------------------------------------------

const act = (what, phone, content, className, label = "") => {
  const made = button(content, () => {}, { className, label });
  made.dataset.do = what;
  made.dataset.phone = phone.id;
  made.id = `phone-${phone.id}-${what}`;
  return made;
};

function bubble(one) {
  const at = timeOf(one.at);
  const text = one.way === "call" ? gettext("Call") : plain(one.text);
  const words = element("span", "bubble-text", text);
  const foot = element("small", "bubble-at num", [at, one.way === "own" ? "" : one.outcome].filter(Boolean).join(" · "));
  const made = element("li", `bubble bubble-${one.way}`, words, foot);
  made.id = `bubble-${one.id}`;
  return made;
}

function ringing(phone) {
  const box = element("div", "phone-call", element("p", "phone-call-who", icon("phone"), gettext("Sanji is calling")));
  const more = [
    ["busy", gettext("Busy")], ["no_answer", gettext("No answer")],
    ["out_of_coverage", gettext("Out of coverage")], ["switched_off", gettext("Switched off")],
  ].map(([what, label]) => act(`end-${what}`, phone, label, "btn btn-quiet btn-small"));
  box.append(act("answer", phone, gettext("Answer"), "btn btn-primary btn-big"), element("div", "phone-call-more", ...more));
  return box;
}

function talking(phone, call) {
  const words = element("p", "phone-call-words", plain(call.text));
  const box = element("div", "phone-call phone-call-on", words);
  if (call.question) box.append(element("p", "phone-call-question", plain(call.question)));
  if (call.said) box.append(element("p", "phone-call-said", call.said));
  if (call.question && !call.over) {
    box.append(element("output", "phone-typed num", call.typed || "\u00a0"));
    box.append(element("div", "keypad", ...KEYS.map((key) => act(`key-${key}`, phone, key, "btn btn-secondary", gettext("Key") + ` ${key}`))));
  }
  const label = call.over ? gettext("Close") : gettext("Hang up");
  box.append(act("hang-up", phone, label, call.over ? "btn btn-secondary" : "btn btn-danger"));
  return box;
}

function reply(phone) {
  const field = element("input", "form-control");
  field.id = `phone-${phone.id}-text`;
  field.maxLength = 200;
  field.autocomplete = "off";
  field.setAttribute("aria-label", `${gettext("Reply of")} ${plain(phone.name)}`);
  const form = element("form", "phone-reply", field, act("send", phone, icon("send"), "btn btn-primary btn-icon", gettext("Send")));
  form.dataset.phone = phone.id;
  form.querySelector("button").type = "submit";
  return form;
}

function card(phone) {
  const before = calls.get(phone.id);
  if (phone.call && before?.over && performance.now() - before.overSince > READ) calls.delete(phone.id); // the next one rings
  const call = calls.get(phone.id);
  const head = element("header", "demo-phone-head", named(phone.name, "demo-phone-name"), named(phone.unit, "small muted"), element("span", "small muted num", phone.number));
  const screen = element("ul", "bubbles", ...phone.bubbles.map(bubble));
  screen.tabIndex = 0; // it scrolls
  const made = element("section", "demo-phone", head, screen);
  made.id = `phone-${phone.id}`;
  made.setAttribute("aria-label", plain(phone.name));
  if (phone.call && !call) made.classList.add("demo-phone-rings");
  if (call) made.append(talking(phone, call));
  else if (phone.call) made.append(ringing(phone));
  made.append(reply(phone));
  return made;
}

/** What a phone is drawn from; a call that is over gives way after a while, so that time counts too. */
function signature(phone) {
  const call = calls.get(phone.id);
  const over = Boolean(call?.over && performance.now() - call.overSince > READ);
  return JSON.stringify([phone, over, call && { ...call, heard: 0 }]);
}

/** Calls that were answered here stay, even when the list has moved on. */
function draw() {
  const list = page.querySelector("[data-phones]");
  const shown = state.phones.map((phone) => [phone, signature(phone)]);
  const same = list.children.length === shown.length
    && shown.every(([phone, drawnFrom], index) => list.children[index].id === `phone-${phone.id}` && drawn.get(phone.id) === drawnFrom);
  if (!same) {
    drawn.clear();
    for (const [phone, drawnFrom] of shown) drawn.set(phone.id, drawnFrom);
    const cards = document.createDocumentFragment();
    cards.append(...state.phones.map(card));
    merge(list, cards);
    for (const screen of list.querySelectorAll(".bubbles")) screen.scrollTop = screen.scrollHeight;
  }
  drawGroups(page.querySelector("[data-groups]"), state.groups);
  drawSpeakers(page.querySelector("[data-speakers]"), state.speakers);
  figures();
}

const tab = () => TABS.find((name) => `#${name}` === window.location.hash) || TABS[0];

function tabs() {
  const counts = { phones: state.total, groups: state.groups.total, speakers: state.speakers.total };
  for (const name of TABS) {
    const link = page.querySelector(`[data-tab="${name}"]`);
    if (tab() === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.querySelector(".count").textContent = counts[name];
    page.querySelector(`[data-panel="${name}"]`).hidden = tab() !== name;
  }
  page.querySelector("[data-groups-empty]").hidden = counts.groups > 0;
  page.querySelector("[data-speakers-empty]").hidden = counts.speakers > 0;
}

function figures() {
  tabs();
  const told = interpolate(gettext("%(total)s telephones, %(ringing)s ringing"), state, true);
  const line = page.querySelector("[data-phones-total]");
  if (line.textContent !== told) line.textContent = told;
  page.querySelector("[data-phones-page]").textContent = `${state.page} / ${state.pages}`;
  page.querySelector('[data-phones-turn="-1"]').disabled = state.page <= 1;
  page.querySelector('[data-phones-turn="1"]').disabled = state.page >= state.pages;
  page.querySelector("[data-phones-loading]").hidden = true;
  page.querySelector("[data-phones-empty]").hidden = state.total > 0 || search() !== "";
  page.querySelector("[data-phones-none]").hidden = state.total > 0 || search() === "";
}

// Listening ------------------------------------------------------------------------------------------------------------

const phoneOf = (target) => state.phones.find((phone) => String(phone.id) === target.dataset.phone);

window.addEventListener("hashchange", tabs);

page.addEventListener("click", (event) => {
  const heard = event.target.closest("[data-speak]");
  const speaker = heard && state.speakers.shown.find((one) => one.id === heard.dataset.speak);
  if (speaker) speak(speaker, plain(speaker.text));
  const pressed = event.target.closest("[data-do]");
  const phone = pressed && phoneOf(pressed);
  if (!phone) return;
  const what = pressed.dataset.do;
  if (what === "answer") answer(phone);
  else if (what === "hang-up") end(phone, calls.get(phone.id).outcomeAt(performance.now()));
  else if (what.startsWith("end-")) end(phone, what.slice(4));
  else if (what.startsWith("key-")) press(phone, what.slice(4));
});

page.addEventListener("submit", (event) => {
  event.preventDefault();
  const phone = phoneOf(event.target);
  if (!phone) return;
  const field = event.target.querySelector("input");
  write(phone, field.value);
  field.value = "";
});

page.querySelector("[data-phones-search]").addEventListener("input", () => { wanted = 1; refresh(); });
for (const one of page.querySelectorAll("[data-phones-turn]")) {
  one.addEventListener("click", () => { wanted = Math.max(1, state.page + Number(one.dataset.phonesTurn)); refresh(); });
}

async function forever() {
  for (;;) {
    if (!document.hidden) await refresh();
    await new Promise((resolve) => { setTimeout(resolve, EVERY); });
  }
}

forever();
