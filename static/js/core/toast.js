// Short messages at the foot of the page, read out by screen readers. What needs an answer is not a toast.
import { button } from "./button.js";
import { icon } from "./icon.js";
import { plain } from "./text.js";

const ICONS = { ok: "circle-check", danger: "alert-circle", warn: "alert", info: "info-circle" };

function tray() {
  return document.querySelector("[data-toasts]");
}

/**
 * Shows a message. tone: ok | info | warn | danger; action: {label, run}, for instance undo.
 * Errors stay until closed; the rest goes after `stay` milliseconds, but not while pointed at or focused.
 */
export function toast(text, { tone = "info", action = null, stay = tone === "danger" ? 0 : 6000 } = {}) {
  const item = document.createElement("div");
  item.className = "toast-item";
  item.dataset.tone = tone;
  const words = document.createElement("span");
  words.textContent = plain(text);
  item.append(icon(ICONS[tone] || ICONS.info), words);
  if (action) item.append(button(action.label, () => { item.remove(); action.run(); }));
  item.append(button(icon("x"), () => item.remove(), { className: "btn btn-quiet btn-icon", label: gettext("Close") }));
  tray()?.append(item);
  if (stay) leave(item, stay);
  return item;
}

function leave(item, stay) {
  let timer = setTimeout(() => item.remove(), stay);
  const hold = () => clearTimeout(timer);
  const release = () => { clearTimeout(timer); timer = setTimeout(() => item.remove(), stay / 2); };
  item.addEventListener("pointerenter", hold);
  item.addEventListener("focusin", hold);
  item.addEventListener("pointerleave", release);
  item.addEventListener("focusout", release);
}

/** Django messages rendered in the page become toasts once. */
export function startToasts() {
  for (const seed of document.querySelectorAll("[data-toast-seed]")) {
    toast(seed.textContent.trim(), { tone: seed.dataset.tone || "info" });
    seed.remove();
  }
}
