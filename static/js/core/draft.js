// Drafts: a form with data-draft="name" is kept for the person on every change and restored when the page comes back, also
// after a refusal, a lost connection or a closed tab. It is forgotten once the form was accepted, and at sign-out.
import { drop, keep, kept } from "./store.js";

const NEVER = new Set(["csrfmiddlewaretoken", "token", "expected"]);
const keyOf = (name) => `draft:${name}`;

export function forget(name) {
  if (name) drop(keyOf(name));
}

function save(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NEVER.has(name)) (values[name] ||= []).push(value);
  }
  keep(keyOf(form.dataset.draft), values);
}

const isDraft = (values) => values && typeof values === "object"
  && Object.values(values).every((list) => Array.isArray(list) && list.every((value) => typeof value === "string"));

function restore(form, values) {
  for (const control of form.elements) {
    if (!control.name || NEVER.has(control.name) || control.type === "file") continue;
    const before = Object.prototype.hasOwnProperty.call(values, control.name) ? values[control.name] : [];
    if (control.type === "checkbox" || control.type === "radio") {
      if (control.type === "checkbox" || before.length) control.checked = before.includes(control.value) && !control.disabled;
    } else if (before.length) {
      control.value = before[0];
    }
  }
}

/** Starts the draft of one form; returns whether something was restored. What the server sends back as refused wins. */
export function keepDraft(form, { restoring = true } = {}) {
  const before = restoring ? kept(keyOf(form.dataset.draft), isDraft) : null;
  const refused = Boolean(form.querySelector("[aria-invalid='true'], .is-invalid, .invalid-feedback"));
  if (before && !refused) restore(form, before);
  form.addEventListener("input", () => save(form));
  form.addEventListener("change", () => save(form));
  return Boolean(before) && !refused;
}
