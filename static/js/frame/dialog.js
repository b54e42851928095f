// Dialogs are <dialog> elements. A destructive act asks by naming what it destroys:
//   <button data-confirm="{% translate 'End the incident' %}" data-confirm-body="…" data-confirm-act="…">
// works for forms, htmx requests and links alike. data-confirm-shows="#id": what stands there is shown in the question too.
import { plain } from "../core/text.js";

/** Opens a <dialog> by id; the element that opened it gets the focus back on closing. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return dialog;
  const opener = document.activeElement;
  dialog.addEventListener("close", () => opener?.isConnected && opener.focus(), { once: true });
  dialog.showModal();
  return dialog;
}

/** Resolves to true when the person agreed. */
export function confirmAct({ title, body = "", act = gettext("Confirm"), danger = true, shows = "" }) {
  const dialog = document.getElementById("confirm-dialog");
  dialog.querySelector("[data-confirm-title]").textContent = plain(title);
  dialog.querySelector("[data-confirm-text]").textContent = plain(body);
  const yes = dialog.querySelector("[data-confirm-yes]");
  yes.textContent = plain(act);
  yes.className = danger ? "btn btn-danger" : "btn btn-primary";
  dialog.querySelector("[data-confirm-shown]")?.remove();
  const shown = shows && document.querySelector(shows)?.cloneNode(true);
  if (shown) {
    shown.removeAttribute("id");
    shown.dataset.confirmShown = "";
    dialog.querySelector("[data-confirm-text]").after(shown);
  }
  dialog.returnValue = "";
  openDialog("confirm-dialog");
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function ask(element) {
  const { confirm: title, confirmBody: body, confirmAct: act, confirmTone: tone, confirmShows: shows } = element.dataset;
  return confirmAct({ title, body, act: act || undefined, danger: tone !== "calm", shows });
}

async function onSubmit(event) {
  const source = event.submitter?.dataset.confirm ? event.submitter : event.target.dataset.confirm ? event.target : null;
  if (!source || event.target.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(source))) return;
  const form = event.target;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter || undefined);
  delete form.dataset.confirmed;
}

async function onHtmxConfirm(event) {
  const element = event.detail.elt;
  if (!element.dataset?.confirm || element.tagName === "FORM") return;
  event.preventDefault();
  if (await ask(element)) event.detail.issueRequest(true);
}

export function startDialogs() {
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("htmx:confirm", onHtmxConfirm);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) openDialog(opener.dataset.dialog);
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
    if (event.target.tagName === "DIALOG" && event.target.open) event.target.close();
  });
}
