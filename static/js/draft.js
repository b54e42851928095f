// Drafts: a form with data-draft="name" is saved in the session on every change and restored when the page comes back,
// also after a refusal or a lost connection. It is forgotten once the form was accepted.

const PREFIX = "sanji-draft:";
const NEVER = new Set(["csrfmiddlewaretoken", "token", "expected"]);

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

export function forget(name) {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // A private window may have no storage: then there was no draft either.
  }
}

function save(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NEVER.has(name)) (values[name] ||= []).push(value);
  }
  try {
    sessionStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify(values));
  } catch {
    // Full or forbidden storage must not stop anybody from writing.
  }
}

function restore(form, values) {
  for (const control of form.elements) {
    if (!control.name || NEVER.has(control.name) || control.type === "file") continue;
    const kept = values[control.name] || [];
    if (control.type === "checkbox" || control.type === "radio") {
      if (control.type === "checkbox" || kept.length) control.checked = kept.includes(control.value) && !control.disabled;
    } else if (kept.length) {
      control.value = kept[0];
    }
  }
}

/** Starts the draft of one form; returns whether something was restored. What the server sends back as refused wins. */
export function keepDraft(form, { restoring = true } = {}) {
  const kept = restoring ? read(form.dataset.draft) : null;
  const refused = Boolean(form.querySelector("[aria-invalid='true'], .is-invalid, .invalid-feedback"));
  if (kept && !refused) restore(form, kept);
  form.addEventListener("input", () => save(form));
  form.addEventListener("change", () => save(form));
  return Boolean(kept) && !refused;
}
