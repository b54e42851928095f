// Groups of townships and loudspeakers of villages on the page of the demo phones.
import { button } from "../core/button.js";
import { icon } from "../core/icon.js";
import { merge } from "../core/merge.js";
import { named, plain } from "../core/text.js";

const drawn = new WeakMap(); // list → what it was drawn from

export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export const timeOf = (at) => (at ? new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) : "");

/** Draws `shown` into `list` where it has changed; returns whether it has. */
function redraw(list, shown, card) {
  const from = JSON.stringify(shown);
  if (drawn.get(list) === from) return false;
  drawn.set(list, from);
  const cards = document.createDocumentFragment();
  cards.append(...shown.map(card));
  merge(list, cards);
  return true;
}

function said(one) {
  const made = element("li", one.who ? "bubble bubble-own" : "bubble");
  made.id = `said-${one.id}`;
  if (one.who) made.append(named(one.who, "bubble-who"));
  made.append(element("span", "bubble-text", plain(one.text)));
  if (one.mentioned.length) {
    const all = interpolate(gettext("mentions %(count)s"), { count: one.mentioned.length }, true);
    const fold = element("details", "bubble-mentions", element("summary", "small", all));
    fold.append(element("span", "small num", one.mentioned.map((phone) => `@${phone}`).join(" ")));
    fold.id = `said-${one.id}-mentions`;
    made.append(fold);
  }
  made.append(element("small", "bubble-at num", [timeOf(one.at), one.outcome].filter(Boolean).join(" · ")));
  return made;
}

function group(one) {
  const screen = element("ul", "bubbles", ...one.bubbles.map(said));
  screen.tabIndex = 0; // it scrolls
  const head = element("header", "demo-phone-head", icon("users"), named(one.name, "demo-phone-name"), element("span", "small muted", gettext("Group of the township")));
  const made = element("section", "demo-phone", head, screen);
  made.classList.add("demo-group");
  made.id = `group-${one.id}`;
  made.setAttribute("aria-label", plain(one.name));
  return made;
}

export function drawGroups(list, groups) {
  if (!redraw(list, groups.shown, group)) return;
  for (const screen of list.querySelectorAll(".bubbles")) screen.scrollTop = screen.scrollHeight;
}

function speaker(one) {
  const head = element("header", "demo-phone-head", icon("speakerphone"), named(one.name, "demo-phone-name"), element("span", "small muted", gettext("Loudspeaker of the village")));
  const listen = button([icon("volume"), gettext("Listen")], () => {}, { className: "btn btn-secondary" });
  listen.dataset.speak = one.id;
  listen.id = `speaker-${one.id}-listen`;
  const foot = element("small", "bubble-at num", [timeOf(one.at), one.outcome && gettext("played")].filter(Boolean).join(" · "));
  const made = element("section", "demo-phone demo-speaker", head, element("p", "demo-speaker-text", plain(one.text)), element("div", "demo-speaker-foot", listen, foot));
  made.id = `speaker-${one.id}`;
  made.setAttribute("aria-label", plain(one.name));
  return made;
}

export const drawSpeakers = (list, speakers) => redraw(list, speakers.shown, speaker);
