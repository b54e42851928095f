// Keyboard: one table of shortcuts, shown by "?". Pages add their own with register().
import { openDialog } from "./dialog.js";

const shortcuts = [];
const PAUSE = 1200;
let pending = "";
let timer = 0;

/**
 * Registers a shortcut. keys: "n", "?", "mod+k", or a sequence "g m". group and text appear on the sheet.
 * Returns a function that removes it.
 */
export function register(keys, text, run, group = gettext("On this page")) {
  const entry = { keys, text, run, group };
  shortcuts.push(entry);
  return () => shortcuts.splice(shortcuts.indexOf(entry), 1);
}

function typing(target) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");
}

function named(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

function find(keys) {
  return shortcuts.find((entry) => entry.keys === keys);
}

function fire(event, entry) {
  event.preventDefault();
  pending = "";
  entry.run(event);
}

function onKey(event) {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const key = named(event);
  const chord = key.startsWith("mod+");
  if (!chord && (typing(event.target) || document.querySelector("dialog[open]"))) return;
  const entry = find(pending ? `${pending} ${key}` : key) || find(key);
  if (entry) { fire(event, entry); return; }
  clearTimeout(timer);
  pending = shortcuts.some((other) => other.keys.startsWith(`${key} `)) ? key : "";
  if (pending) timer = setTimeout(() => { pending = ""; }, PAUSE);
}

function keyCaps(keys) {
  const term = document.createElement("dt");
  const mod = /mac|iphone|ipad/i.test(navigator.platform) ? "⌘" : "Ctrl";
  for (const part of keys.replace("mod+", `${mod} `).split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = part.length === 1 ? part.toUpperCase() : part;
    term.append(cap, " ");
  }
  return term;
}

function sheet() {
  const body = document.querySelector("[data-shortcuts]");
  body.replaceChildren();
  for (const group of new Set(shortcuts.map((entry) => entry.group))) {
    const block = document.createElement("section");
    const title = document.createElement("h3");
    const list = document.createElement("dl");
    title.textContent = group;
    for (const entry of shortcuts.filter((other) => other.group === group)) {
      const text = document.createElement("dd");
      text.textContent = entry.text;
      list.append(keyCaps(entry.keys), text);
    }
    block.append(title, list);
    body.append(block);
  }
  openDialog("shortcuts-dialog");
}

function registerSections() {
  for (const link of document.querySelectorAll("a[data-key]")) {
    const name = link.dataset.name || link.textContent.trim();
    register(link.dataset.key, name, () => link.click(), gettext("Go to"));
  }
}

/** Moves the focus among [data-row] elements with j/k, and opens the focused one with Enter (its own link). */
function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement.closest?.("[data-row]"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + by))];
  const target = next.matches("a, button, [tabindex]") ? next : next.querySelector("a, button");
  (target || next).focus();
  next.scrollIntoView({ block: "nearest" });
}

/** In the search palette: arrows move between the field and the results, Enter in the field opens the first. */
function onPaletteKey(event) {
  const links = [...document.querySelectorAll("#search-results a")];
  const field = event.currentTarget.querySelector("input");
  const here = links.indexOf(document.activeElement);
  if (event.key === "Enter" && event.target === field && links.length && !event.isComposing) {
    event.preventDefault();
    links[0].click();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const next = here + (event.key === "ArrowDown" ? 1 : -1);
  (next < 0 ? field : links[Math.min(next, links.length - 1)])?.focus();
}

export function startKeyboard() {
  document.addEventListener("keydown", onKey);
  const everywhere = gettext("Everywhere");
  const search = () => { openDialog("search-dialog")?.querySelector("input").select(); };
  if (document.getElementById("search-dialog")) {
    register("mod+k", gettext("Search"), search, everywhere);
    register("/", gettext("Search"), search, everywhere);
  }
  if (document.querySelector("[data-shortcuts]")) register("?", gettext("Show keyboard shortcuts"), sheet, everywhere);
  register("j", gettext("Next row"), () => step(1), everywhere);
  register("k", gettext("Previous row"), () => step(-1), everywhere);
  for (const fresh of document.querySelectorAll("[data-new]")) {
    register("n", fresh.dataset.name || fresh.textContent.trim(), () => fresh.click());
    break;
  }
  registerSections();
  document.getElementById("search-dialog")?.addEventListener("keydown", onPaletteKey);
  document.addEventListener("click", (event) => event.target.closest("[data-open-shortcuts]") && sheet());
}
