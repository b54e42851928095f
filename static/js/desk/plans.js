// The plan editor: cells of the table are changed in place, one after another, each against the generation that is shown;
// forms narrow posts and prerequisites to what fits. Everything else is workspace.js.
import { refreshAll } from "../core/fragments.js";
import { ask } from "../core/http.js";
import { toast } from "../core/toast.js";

const table = () => document.querySelector("[data-edit-table]");

// Cells ------------------------------------------------------------------

let last = Promise.resolve();
let newest = 0;
let returnTo = null;

/** One after another: each change is made against the draft as the one before left it. */
function change(row, fields, said, undo = () => {}) {
  const address = row.dataset.cell;
  last = last.then(() => send(address, fields, said, undo));
}

async function send(address, fields, said, undo) {
  const generation = Math.max(newest, Number(table()?.dataset.generation || 0));
  const answer = await ask(address, { method: "POST", body: new URLSearchParams({ ...fields, generation }) });
  if (answer.kind !== "ok") undo();
  if (answer.kind === "none") toast(gettext("No connection. Nothing was sent."), { tone: "danger" });
  else if (answer.kind !== "signed-out") tell(answer, said);
  refreshAll();
}

function tell(answer, said) {
  if (answer.kind === "ok") {
    newest = answer.data.generation;
    const place = document.querySelector("[data-edit-said]");
    if (place) place.textContent = said;
    return;
  }
  const body = answer.data || {};
  if (answer.status === 409) newest = 0;
  toast(body.detail || gettext("It did not work. Nothing was changed."), { tone: "warn", stay: 12000 });
}

const rowOf = (element) => element.closest?.("[data-edit-table] [data-action]");

function toggle(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  const row = rowOf(button);
  const words = { code: row.dataset.action, level: button.textContent.trim() };
  const said = on ? gettext("%(code)s applies: %(level)s.") : gettext("%(code)s no longer applies: %(level)s.");
  change(row, { level: button.dataset.level, on: on ? 1 : 0 }, interpolate(said, words, true));
}

function move(row, direction) {
  const button = row.querySelector(`[data-move="${direction}"]`);
  if (!button || button.disabled) return;
  returnTo = document.activeElement;
  change(row, { [direction]: 1 }, interpolate(gettext("%(code)s is moved."), { code: row.dataset.action }, true));
}

function minutes(field) {
  const row = rowOf(field);
  const value = field.value.trim();
  if (value === field.defaultValue) return;
  if (!/^\d{1,6}$/.test(value)) {
    field.setAttribute("aria-invalid", "true");
    toast(gettext("Minutes are a whole number."), { tone: "warn" });
    return;
  }
  field.removeAttribute("aria-invalid");
  const before = field.defaultValue;
  field.defaultValue = value; // Leaving the field must not send it again.
  const words = { code: row.dataset.action, minutes: value };
  const said = interpolate(gettext("%(code)s is due %(minutes)s minutes from the start."), words, true);
  change(row, { due_min: value }, said, () => { field.value = field.defaultValue = before; });
}

/** The table was brought up to date: figures that nobody is typing show the draft's, and a row that moved keeps the focus. */
function settled() {
  for (const field of document.querySelectorAll("[data-minutes]")) {
    if (field !== document.activeElement) field.value = field.defaultValue;
  }
  if (!returnTo || document.activeElement !== document.body) return;
  const target = returnTo.disabled ? rowOf(returnTo) : returnTo;
  if (target?.isConnected) target.focus();
  returnTo = null;
}

document.addEventListener("click", (event) => {
  const level = event.target.closest?.(".level-toggle");
  if (level && !level.disabled) toggle(level);
  const mover = event.target.closest?.("[data-move]");
  if (mover) move(rowOf(mover), mover.dataset.move);
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-minutes]")) minutes(event.target);
});
document.addEventListener("keydown", (event) => {
  const row = event.target.closest && rowOf(event.target);
  if (!row) return;
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    move(row, event.key === "ArrowUp" ? "up" : "down");
  } else if (event.target.matches("[data-minutes]") && event.key === "Enter") {
    event.preventDefault();
    minutes(event.target);
  } else if (event.target.matches("[data-minutes]") && event.key === "Escape") {
    event.target.value = event.target.defaultValue;
  }
});

// The form of an action --------------------------------------------------

function narrowPosts(form) {
  const kinds = JSON.parse(form.dataset.postKinds);
  const kind = form.querySelector("[name=unit_kind]").value;
  const post = form.querySelector("[name=post]");
  for (const option of post.options) {
    const fits = !option.value || kinds[option.value] === kind;
    option.hidden = option.disabled = !fits;
  }
  for (const group of post.querySelectorAll("optgroup")) group.hidden = [...group.children].every((option) => option.hidden);
  if (post.selectedOptions[0]?.disabled) post.value = [...post.options].find((option) => !option.disabled)?.value ?? "";
}

/** Prerequisites must stand at every level of the action; a chosen one stays in sight, to be unchosen. */
function narrowFirsts(form) {
  const levels = [...form.querySelectorAll("[name=levels]:checked")].map((box) => box.value);
  let any = false;
  for (const first of form.querySelectorAll("[data-first]")) {
    const own = first.dataset.first.split(" ");
    first.hidden = !levels.every((level) => own.includes(level)) && !first.querySelector("input").checked;
    any ||= !first.hidden;
  }
  const none = form.querySelector("[data-first-none]");
  if (none) none.hidden = any;
}

function narrow(form) {
  const kind = form.querySelector("[name=unit_kind]").value;
  const evidence = form.querySelector("[name=evidence]").value;
  for (const part of form.querySelectorAll("[data-only-kind]")) part.hidden = part.dataset.onlyKind !== kind;
  for (const part of form.querySelectorAll("[data-only-evidence]")) part.hidden = part.dataset.onlyEvidence !== evidence;
  if (kind !== "department") for (const box of form.querySelectorAll("[name=departments]:checked")) box.checked = false;
  narrowPosts(form);
  narrowFirsts(form);
}

// The triggers of a level ------------------------------------------------

function shape(trigger) {
  const signal = trigger.querySelector("[data-trigger-signal]").value;
  for (const kind of trigger.querySelectorAll("[data-trigger-kind]")) kind.hidden = kind.dataset.triggerKind !== signal;
  trigger.querySelector("[data-trigger-remove]").hidden = false;
}

function startTriggers(list) {
  list.querySelector("[data-trigger-add]").hidden = false;
  for (const trigger of list.querySelectorAll("[data-trigger]")) {
    if (trigger.matches(".is-blank")) trigger.remove();
    else shape(trigger);
  }
}

function addTrigger(list) {
  const numbers = [...list.querySelectorAll("[data-trigger-signal]")].map((field) => Number(field.name.split("-")[1]));
  const next = Math.max(-1, ...numbers) + 1;
  const spare = list.querySelector("[data-trigger-spare]");
  const holder = document.createElement("template");
  holder.innerHTML = spare.innerHTML.replaceAll("__n__", String(next));
  spare.before(holder.content);
  const trigger = spare.previousElementSibling;
  const signal = trigger.querySelector("[data-trigger-signal]");
  signal.value = signal.options[1].value;
  shape(trigger);
  signal.focus();
}

document.addEventListener("click", (event) => {
  const adder = event.target.closest?.("[data-trigger-add]");
  if (adder) addTrigger(adder.closest("[data-triggers]"));
  const remover = event.target.closest?.("[data-trigger-remove]");
  if (remover) {
    const list = remover.closest("[data-triggers]");
    remover.closest("[data-trigger]").remove();
    list.querySelector("[data-trigger-add]").focus();
  }
});

// Starting, in a dialog or on a page of its own ---------------------------

function start(root) {
  for (const form of root.querySelectorAll("[data-action-form]")) narrow(form);
  for (const list of root.querySelectorAll("[data-triggers]")) startTriggers(list);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-action-form]");
  if (form) narrow(form);
  const trigger = event.target.matches?.("[data-trigger-signal]") && event.target.closest("[data-trigger]");
  if (trigger) shape(trigger);
});
document.addEventListener("sanji:settled", (event) => {
  start(event.target);
  settled();
});
start(document);
