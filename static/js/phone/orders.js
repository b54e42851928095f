// The phone's orders: one tap answers; what could not be sent is kept and tried again; notes and photos survive anything.
import { button } from "../core/button.js";
import { newer, settle } from "../core/fragments.js";
import { fragmentOf, me, signInAddress } from "../core/http.js";
import { outbox } from "../core/outbox.js";
import { get, hold, remove } from "../core/store.js";
import "../frame/workspace.js";

const clock = new Intl.DateTimeFormat("zh-Hans", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" });
const idOf = (item) => item.key.split(":")[0];
const isAnswer = (item) => /^\d+:/.test(item.key);

// Saying how the sending goes -------------------------------------------

function tell(item, state, html = "", foreign = false) {
  if (!isAnswer(item)) return;
  if (html && (state === "arrived" || state === "refused")) settled(item, state, html);
  const line = document.querySelector(`[data-send-state="${idOf(item)}"]`);
  if (line) write(line, item, state, words(item, state, foreign));
  busy(item, state === "sending" || state === "waiting" || state === "signed-out");
  strip();
}

function words(item, state, foreign) {
  if (state === "sending") return gettext("Sending…");
  if (state === "waiting") return foreign ? gettext("Not sent yet: the network answered instead of the server. Trying again.") : gettext("Not sent, will retry");
  if (state === "signed-out") return gettext("Not sent: you were signed out");
  if (state === "arrived") return interpolate(gettext("Sent %(time)s"), { time: clock.format(new Date()) }, true);
  const said = document.querySelector(`[data-card="${idOf(item)}"] .card-refused`);
  return said ? gettext("It was not accepted.") : `${gettext("It was not accepted.")} ${item.reason || ""}`.trim();
}

function write(line, item, state, text) {
  line.hidden = !text;
  line.dataset.tone = state === "arrived" ? "ok" : state === "sending" ? "" : state === "refused" ? "danger" : "warn";
  line.replaceChildren(text);
  if (state === "waiting") line.append(button(gettext("Try now"), () => outbox.now()));
  if (state === "waiting" && item.draft) line.append(button(gettext("Take back"), () => takeBack(item, line)));
  if (state === "refused") line.append(button(gettext("Send again"), () => outbox.again(item)), button(gettext("Dismiss"), () => dismiss(item, line)));
  if (state === "signed-out") {
    const link = document.createElement("a");
    link.className = "btn btn-secondary";
    link.href = signInAddress();
    link.textContent = gettext("Sign in again");
    line.append(link);
  }
}

/** What no network lets through, a photo too large for one: note and photo stand in the form, to be sent otherwise. */
async function takeBack(item, line) {
  await outbox.dismiss(item);
  line.hidden = true;
  busy(item, false);
}

async function dismiss(item, line) {
  line.hidden = true;
  for (const said of document.querySelectorAll(`[data-card="${idOf(item)}"] .card-refused`)) said.remove();
  await outbox.dismiss(item);
  strip();
}

function busy(item, on) {
  for (const form of document.querySelectorAll(`[data-send][action="${item.url}"], [data-answer="${item.url}"]`)) {
    for (const element of form.querySelectorAll("button")) {
      if (on) element.setAttribute("aria-busy", "true");
      else element.removeAttribute("aria-busy");
    }
  }
  if (!on) document.dispatchEvent(new Event("sanji:answered")); // the alarm bar may have one less
}

/** What is waiting, or was refused, for orders that are not on this page. */
async function strip() {
  const place = document.querySelector("[data-send-strip]");
  if (!place) return;
  const away = (await outbox.mine()).filter((item) => isAnswer(item) && !document.querySelector(`[data-send-state="${idOf(item)}"]`));
  const refused = away.filter((item) => item.state === "refused");
  const waiting = away.length - refused.length;
  place.hidden = !away.length;
  place.replaceChildren();
  if (waiting) place.append(line(interpolate(ngettext("%(n)s answer is not sent yet. It will be, as soon as there is a connection.", "%(n)s answers are not sent yet. They will be, as soon as there is a connection.", waiting), { n: waiting }, true)));
  for (const item of refused) place.append(line(`${gettext("An answer was not accepted.")} ${item.reason}`, button(gettext("Dismiss"), () => outbox.dismiss(item).then(strip))));
}

function line(text, ...more) {
  const element = document.createElement("p");
  element.append(text, " ", ...more);
  return element;
}

/** The server's card takes the place of ours; a refusal keeps note and photo where they were. */
function settled(item, state, html) {
  const content = fragmentOf(html);
  const whole = document.querySelector(`[data-whole="${idOf(item)}"]`);
  const old = whole || document.querySelector(`[data-card="${idOf(item)}"]`);
  const fresh = content.querySelector(whole ? "[data-whole]" : "[data-card]");
  if (state === "arrived" && item.draft) forgetDraft(idOf(item));
  if (!old || !fresh) return;
  old.replaceWith(fresh);
  newer(fresh);
  settle(fresh);
  startForms(fresh.parentElement, { restoring: state === "refused" });
  if (state === "arrived") fresh.querySelector("button.btn-big")?.focus({ preventScroll: true });
}

// Sending ---------------------------------------------------------------

function onSubmit(event) {
  const form = event.target.closest("form[data-send]");
  if (!form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const data = new FormData(form, event.submitter);
  if (data.get("step") === "done" && lacksEvidence(form)) return;
  const photo = data.get("photo");
  data.delete("photo");
  data.delete("csrfmiddlewaretoken");
  const step = data.get("step") || "photo";
  const id = form.action.match(/mine\/(\d+)\//)[1];
  const item = { key: `${id}:${step}`, url: new URL(form.action).pathname, fields: [...data], draft: Boolean(form.dataset.keepDraft) };
  if (photo?.size) Object.assign(item, { photo, photoName: photo.name });
  else if (drafts.get(id)?.photo) Object.assign(item, { photo: drafts.get(id).photo, photoName: drafts.get(id).photoName });
  outbox.add(item);
}

/** An alarm's own "Received" is the same answer as the card's, and waits in the same outbox. */
function onAlarmAnswer(event) {
  const url = event.target.closest("form[data-answer]")?.dataset.answer;
  if (!url) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  outbox.add({ key: `${url.match(/mine\/(\d+)\//)[1]}:received`, url, fields: [["step", "received"]] });
}

/** What the plan asks to see before "done" is missing: said at once, since a refusal would come only with the connection. */
function lacksEvidence(form) {
  const { note, figure, photo } = form.elements;
  const there = {
    note: () => note?.value.trim(),
    count: () => /^\d+$/.test(figure?.value.trim() ?? ""),
    photo: () => photo?.files.length || drafts.get(form.dataset.keepDraft)?.photo || form.dataset.hasPhoto !== undefined,
  }[form.dataset.evidence];
  const line = form.querySelector("[data-evidence-asked]");
  if (!line || !there) return false;
  const missing = !there();
  line.classList.toggle("missing", missing);
  if (missing) ({ note, count: figure, photo })[form.dataset.evidence]?.focus();
  return missing;
}

// Notes and photos that are not sent yet ----------------------------------

const drafts = new Map();

async function saveDraft(id) {
  await hold("drafts", { ...drafts.get(id), id: `${me()}:${id}`, person: me() });
}

function forgetDraft(id) {
  drafts.delete(id);
  remove("drafts", `${me()}:${id}`);
}

async function startForms(root = document, { restoring = true } = {}) {
  for (const form of root.querySelectorAll("form[data-keep-draft]")) {
    const id = form.dataset.keepDraft;
    const kept = restoring ? await get("drafts", `${me()}:${id}`) : null;
    if (kept) {
      drafts.set(id, kept);
      // Set even where the server sent it back: what is only a control's default goes with the next fragment.
      for (const name of ["note", "figure"]) {
        const control = form.elements[name];
        if (kept[name] && control && (!control.value || control.value === kept[name])) control.value = kept[name];
      }
      if (kept.photo instanceof Blob) showPhoto(form, kept.photo);
    }
    form.elements.figure?.addEventListener("input", (event) => {
      drafts.set(id, { ...drafts.get(id), figure: event.target.value });
      saveDraft(id);
    });
    form.elements.note?.addEventListener("input", (event) => {
      drafts.set(id, { ...drafts.get(id), note: event.target.value });
      saveDraft(id);
    });
    form.elements.photo?.addEventListener("change", (event) => {
      const [photo] = event.target.files;
      if (!photo) return;
      drafts.set(id, { ...drafts.get(id), photo, photoName: photo.name });
      saveDraft(id);
      showPhoto(form, photo);
    });
  }
}

function showPhoto(form, photo) {
  const place = form.querySelector("[data-photo-preview]");
  if (!place) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    const image = document.createElement("img");
    image.className = "photo-thumb";
    image.alt = gettext("The photo that will be sent");
    image.src = reader.result;
    place.replaceChildren(image, button(gettext("Remove"), () => dropPhoto(form)));
  });
  reader.readAsDataURL(photo);
  const only = form.querySelector("[data-photo-only]");
  if (only) only.hidden = false;
}

function dropPhoto(form) {
  const id = form.dataset.keepDraft;
  drafts.set(id, { ...drafts.get(id), photo: null, photoName: "" });
  saveDraft(id);
  form.elements.photo.value = "";
  form.querySelector("[data-photo-preview]").replaceChildren();
  form.querySelector("[data-photo-only]").hidden = true;
}

document.addEventListener("submit", onSubmit, true);
document.addEventListener("submit", onAlarmAnswer, true);
outbox.hear(tell);
startForms();
outbox.mine().then((items) => {
  for (const item of items) tell(item, item.state);
});

