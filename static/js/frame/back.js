// The back/forward cache: nothing on a restored page can be acted on until it is as it is now on the server. A button
// of what was called off meanwhile must not be there to be pressed.
import { refresh } from "../core/fragments.js";
import { check } from "./session.js";
import { toast } from "../core/toast.js";

// What acts, outside the frame's own menus.
const ACTS = "main form, main [data-act], main button, .panel form, .panel [data-act], dialog form";
const waiting = new Set();

function old() {
  return document.body.dataset.old !== undefined;
}

function now() {
  delete document.body.dataset.old;
}

/** Parts that follow the events are fetched again; where something that acts stands beside them, the whole page is. */
async function bring() {
  document.body.dataset.old = "";
  const found = await check();
  const parts = [...document.querySelectorAll("[data-fragment]")];
  const beside = [...document.querySelectorAll(ACTS)].some((act) => !act.closest("[data-fragment], [data-alarm], #search-dialog, #confirm-dialog"));
  if (found === "out" || found === "other" || (found === "in" && (beside || !parts.length))) {
    location.reload();
    return;
  }
  for (const part of parts) {
    waiting.add(part);
    refresh(part);
  }
  // Without a connection there is nothing to compare with: the parts are asked for again until they come (page.js).
  if (!found) addEventListener("online", bring, { once: true });
}

function settled({ target }) {
  waiting.delete(target);
  for (const part of waiting) if (!part.isConnected) waiting.delete(part);
  if (old() && !waiting.size) now();
}

function hinder(event) {
  if (!old() || !event.target.closest?.(ACTS)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast(gettext("This page is being brought up to date. Try again in a moment."), { tone: "info" });
}

function fromMemory(event) {
  const [arrival] = performance.getEntriesByType("navigation");
  return event.persisted || (arrival?.type === "back_forward" && arrival.transferSize === 0);
}

export function startBack() {
  addEventListener("pageshow", (event) => fromMemory(event) && bring());
  document.addEventListener("sanji:settled", settled);
  for (const name of ["click", "submit"]) addEventListener(name, hinder, true);
}
