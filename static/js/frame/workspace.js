// Pages of incidents and orders: acts in a dialog, quick acts in two taps, filters that live in the address, live refresh.
import { forget, keepDraft } from "../core/draft.js";
import { refreshAll, settle, startFragments } from "../core/fragments.js";
import { ask } from "../core/http.js";
import { icon } from "../core/icon.js";
import { toast } from "../core/toast.js";

function dialog() {
  let element = document.getElementById("act-dialog");
  if (!element) {
    element = document.createElement("dialog");
    element.id = "act-dialog";
    element.className = "dialog";
    element.setAttribute("aria-labelledby", "act-title");
    document.body.append(element);
  }
  return element;
}

/** Asks our server. What it could not say is told here: then there is nothing to show, and nothing was changed by it. */
async function send(url, { say = (text) => toast(text, { tone: "danger" }), ...options } = {}) {
  const answer = await ask(url, options);
  if (answer.redirect) location.assign(answer.redirect);
  const trouble = {
    none: answer.foreign ? gettext("The network answered instead of the server: nothing was confirmed. Try again.") : options.method ? gettext("No connection. What you typed is kept.") : gettext("No connection. Nothing was sent."),
    busy: gettext("The server is busy. Try again in a moment."),
    "signed-out": gettext("You were signed out; nothing was sent. What you typed is kept."),
  }[answer.kind];
  if (trouble) say(trouble);
  return trouble ? null : answer;
}

/** Opens the form of an act over the page; the link still works as a page of its own without this. */
async function openAct(href) {
  const answer = await send(href);
  if (answer?.text) show(answer.text);
}

function show(html) {
  const element = dialog();
  element.innerHTML = html;
  const form = element.querySelector("[data-act-form]");
  if (form?.dataset.draft) keepDraft(form);
  settle(element);
  if (!element.open) element.showModal();
  const first = element.querySelector(".is-invalid, [aria-invalid='true']") || element.querySelector("textarea, input:not([type=hidden]):not(:disabled), select");
  first?.focus();
}

async function submitAct(form) {
  const button = form.querySelector(".dialog-foot button");
  button.setAttribute("aria-busy", "true");
  const answer = await send(form.action, { method: "POST", body: new FormData(form), say: (text) => sayIn(form, text) });
  button.removeAttribute("aria-busy");
  if (!answer) return;
  if (answer.status === 204) {
    forget(form.dataset.draft);
    if (answer.redirect) return;
    form.closest("dialog")?.close();
    acted(answer);
    return;
  }
  show(answer.text);
  if (answer.status === 409) refreshAll();
}

/** In the dialog: a toast would stand behind it. */
function sayIn(form, text) {
  form.querySelector("[data-act-trouble]")?.remove();
  const notice = document.createElement("div");
  const words = document.createElement("p");
  notice.className = "notice notice-danger";
  notice.dataset.actTrouble = "";
  notice.setAttribute("role", "alert");
  words.textContent = text;
  notice.append(icon("alert-circle"), words);
  form.querySelector(".dialog-body").append(notice);
  notice.scrollIntoView({ block: "nearest" });
}

function acted(answer) {
  try {
    toast(JSON.parse(answer.header("HX-Trigger")).acted.said, { tone: "ok" });
  } catch {
    // Acted without a word.
  }
  if (document.querySelector("[data-fragment]")) refreshAll();
  else location.reload();
}

/** A form whose button is the whole act: log an answer, take command. A refusal is told in its own words. */
async function submitQuick(form, submitter) {
  const body = new FormData(form, submitter);
  const menu = form.closest("details");
  if (menu) menu.open = false;
  submitter?.setAttribute("aria-busy", "true");
  const answer = await send(form.action, { method: "POST", body });
  submitter?.removeAttribute("aria-busy");
  if (!answer || answer.redirect) return;
  if (answer.status === 204) acted(answer);
  else if (answer.kind === "refused") {
    const page = new DOMParser().parseFromString(answer.text, "text/html");
    toast(page.querySelector(".notice p")?.textContent.trim() || gettext("It did not work. Nothing was changed."), { tone: "warn" });
    refreshAll();
  }
}

function onClick(event) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const link = event.target.closest("a[data-act]");
  if (link && plain) {
    event.preventDefault();
    link.closest("details.menu")?.removeAttribute("open");
    openAct(link.href);
  }
  const close = event.target.closest("[data-act-close], [data-act-refresh]");
  if (close?.closest("dialog")) {
    event.preventDefault();
    close.closest("dialog").close();
    if (close.matches("[data-act-refresh]")) refreshAll();
  }
  if (event.target.closest("[data-print]")) print();
}

function onSubmit(event) {
  const form = event.target;
  if (form.matches("dialog [data-act-form]")) { event.preventDefault(); submitAct(form); }
  else if (form.matches("[data-quick]")) { event.preventDefault(); submitQuick(form, event.submitter); }
}

/** Filters act on change; the address keeps them. */
function startFilters() {
  for (const form of document.querySelectorAll("form[data-filter]")) {
    form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
    });
  }
}

document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmit);
startFilters();
startFragments();
