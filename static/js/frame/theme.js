// Theme: the server renders the stored choice from a cookie; this module switches without a reload and tells listeners
// (the map reads colours from tokens, because a canvas cannot).
import { ask } from "../core/http.js";

const listeners = new Set();

/** The value of a custom property, for instance token("--accent"). */
export function token(name, element = document.documentElement) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** "dark" or "light" as shown now, whatever the choice was. */
export function shownTheme() {
  const chosen = document.documentElement.dataset.bsTheme;
  if (chosen) return chosen;
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

/** Calls back after every change of the shown theme. Returns a function that stops it. */
export function onThemeChange(callback) {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

function announce() {
  for (const callback of listeners) callback(shownTheme());
}

function show(choice) {
  if (choice === "auto") delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = choice;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-checked", String(button.value === choice));
  }
  announce();
}

async function choose(form, choice) {
  show(choice);
  const body = new FormData(form);
  body.set("theme", choice);
  await ask(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, quiet: true });
}

export function startTheme() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    choose(form, event.submitter.value);
  });
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", announce);
}
