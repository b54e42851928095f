// Duty pages: people are dragged from post to post (or carried by keyboard), forms preview what they would do, addresses
// are copied. Everything else is workspace.js.
import { refreshAll } from "../core/fragments.js";
import { ask } from "../core/http.js";
import { register } from "../frame/keyboard.js";
import { toast } from "../core/toast.js";

let held = null;

// Exchanging two posts ----------------------------------------------------

const slotAt = (target) => target.closest?.("[data-month] [data-slot]");

function say(text) {
  const place = document.querySelector("[data-drag-said]");
  if (place) place.textContent = text;
}

function hold(slot) {
  release();
  if (!slot.dataset.person) return;
  held = slot;
  slot.classList.add("is-held");
  say(interpolate(gettext("%(name)s is picked up. Go to another post and press M; Esc leaves it."), { name: slot.dataset.name }, true));
}

function release() {
  held?.classList.remove("is-held");
  held = null;
  document.querySelector(".slot.is-target")?.classList.remove("is-target");
}

const place = (slot, person) => `${slot.dataset.shift}:${slot.dataset.post}:${person}`;

/** Onto a filled post: the two change places. Onto an empty one: the person stands there too. */
async function drop(target) {
  const from = held;
  release();
  if (!from || from === target || from.dataset.person === target.dataset.person) return;
  const places = [place(target, from.dataset.person)];
  if (target.dataset.person) places.push(place(from, target.dataset.person));
  const body = new URLSearchParams(places.map((value) => ["place", value]));
  const answer = await ask(target.closest("[data-month]").dataset.places, { method: "POST", body });
  if (answer.kind === "none") toast(gettext("No connection. Nothing was sent."), { tone: "danger" });
  else if (answer.kind !== "signed-out") tell(answer, answer.text, from, target);
}

function tell(answer, html, from, target) {
  if (answer.kind === "ok") {
    const words = { one: from.dataset.where, other: target.dataset.where };
    toast(interpolate(gettext("Exchanged: %(one)s and %(other)s."), words, true), { tone: "ok" });
  } else {
    const page = new DOMParser().parseFromString(html, "text/html");
    const said = page.querySelector(".notice p, .invalid-feedback")?.textContent.trim();
    toast(said || gettext("It did not work. Nothing was changed."), { tone: "warn", stay: 12000 });
  }
  refreshAll();
}

document.addEventListener("dragstart", (event) => {
  const slot = slotAt(event.target);
  if (!slot?.dataset.person) return;
  hold(slot);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", slot.dataset.name);
});
document.addEventListener("dragover", (event) => {
  const slot = slotAt(event.target);
  if (!held || !slot) return;
  event.preventDefault();
  if (slot.classList.contains("is-target")) return;
  document.querySelector(".slot.is-target")?.classList.remove("is-target");
  slot.classList.add("is-target");
});
document.addEventListener("drop", (event) => {
  const slot = slotAt(event.target);
  if (!held || !slot) return;
  event.preventDefault();
  drop(slot);
});
document.addEventListener("dragend", release);

if (document.querySelector("[data-month]")) {
  register("m", gettext("Pick up a name, or exchange it with this one"), () => {
    const slot = slotAt(document.activeElement);
    if (!slot) return;
    if (held) drop(slot);
    else hold(slot);
  });
  register("Escape", gettext("Leave the name where it was"), release);
}

// Previews ---------------------------------------------------------------

let asked = 0;

async function preview(form) {
  const target = form.querySelector("[data-preview]");
  const turn = ++asked;
  const answer = await ask(target.dataset.preview, { method: "POST", body: new FormData(form), expects: "html" });
  if (turn === asked && answer.kind === "ok") target.innerHTML = answer.text;
  if (answer.kind === "none") target.textContent = "";
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form");
  if (form?.querySelector("[data-preview]")) preview(form);
});
document.addEventListener("sanji:settled", (event) => {
  const form = event.target.querySelector?.("[data-preview]")?.closest("form");
  if (form) preview(form);
});
for (const target of document.querySelectorAll("[data-preview]")) preview(target.closest("form"));

// Copying ----------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    toast(gettext("Copied."), { tone: "ok" });
  } catch {
    toast(gettext("Press Ctrl+C: the address is selected."));
  }
});
