// The reports on this phone as cards, by how far they have come: draft → waiting → delivered → accepted.
import { button } from "../core/button.js";
import { icon } from "../core/icon.js";

const ICONS = { draft: "pencil", waiting: "clock", delivered: "check", accepted: "checks", conflict: "alert" };
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const say = (text, values) => interpolate(text, values, true);
export const at = (iso) => clock.format(new Date(iso));

function words() {
  return {
    draft: pgettext("report", "Draft"), waiting: pgettext("report", "Waiting"), delivered: pgettext("report", "Delivered"),
    accepted: pgettext("report", "Accepted"), conflict: pgettext("report", "Differs"),
  };
}

function groups() {
  return [
    [gettext("Drafts"), ["draft", "conflict"]], [gettext("Waiting to be sent"), ["waiting"]],
    [gettext("Arrived"), ["delivered", "accepted"]],
  ];
}

/** `reports`: rows with their photos as `photos`; `kinds`: code → word; `act(name, report)` for the buttons. */
export function drawCards(holder, template, reports, kinds, act) {
  const parts = groups().map(([title, states]) => section(title, reports.filter((row) => states.includes(row.state)), template, kinds, act));
  holder.replaceChildren(...parts.filter(Boolean));
}

function section(title, rows, template, kinds, act) {
  if (!rows.length) return null;
  const part = document.createElement("section");
  const head = document.createElement("h2");
  const count = document.createElement("span");
  head.className = "phone-section";
  count.className = "count";
  count.textContent = String(rows.length);
  head.append(`${title} `, count);
  part.append(head, ...rows.map((row) => card(row, template, kinds, act)));
  return part;
}

function card(row, template, kinds, act) {
  const element = template.content.cloneNode(true).firstElementChild;
  element.dataset.report = row.id;
  const find = (name) => element.querySelector(`[data-${name}]`);
  find("title").textContent = row.ticket?.ref ? `${row.ticket.ref} ${kinds[row.fields.kind]}` : kinds[row.fields.kind] || gettext("Kind not chosen");
  find("state").dataset.state = row.state;
  find("state").append(icon(ICONS[row.state]), words()[row.state]);
  find("text").textContent = row.fields.description || "";
  find("thumbs").append(...row.photos.filter((photo) => photo.thumb).slice(0, 4).map(thumb));
  const [line, tone] = lineOf(row);
  find("line").textContent = line;
  find("line").dataset.tone = tone;
  find("acts").append(...buttons(row).map(([name, text]) => button(text, () => act(name, row))));
  return element;
}

export function thumb(photo) {
  const image = document.createElement("img");
  image.className = "photo-thumb";
  image.src = photo.thumb;
  image.alt = gettext("Photo");
  return image;
}

function lineOf(row) {
  const refused = row.photos.filter((photo) => photo.problem).length;
  if (row.state === "conflict") return [gettext("Another report stands under this number already. Look at it, or file this one anew."), "danger"];
  if (row.state === "draft") return row.problem ? [said(row.problem), "danger"] : [say(gettext("Begun %(at)s"), { at: at(row.made) }), ""];
  if (row.state === "waiting") return [waitingLine(row), "warn"];
  const parts = [say(gettext("Arrived %(at)s"), { at: at(row.arrived) })];
  const arrived = row.photos.filter((photo) => photo.receipt).length;
  if (arrived) parts.push(say(ngettext("%(n)s photo", "%(n)s photos", arrived), { n: arrived }));
  if (row.word && row.state === "accepted") parts.push(row.word);
  if (refused) parts.push(say(ngettext("%(n)s photo was refused", "%(n)s photos were refused", refused), { n: refused }));
  return [parts.join(" · "), refused ? "warn" : ""];
}

function waitingLine(row) {
  if (!row.ticket) return gettext("Kept on this phone. It is sent as soon as there is a connection.");
  const arrived = row.photos.filter((photo) => photo.receipt).length;
  return say(gettext("The text has arrived; photos: %(arrived)s of %(all)s"), { arrived, all: row.photos.length });
}

export function said(problem) {
  const complaints = Object.values(problem.fields || {}).flat();
  return complaints.length ? complaints.join(" ") : problem.detail || gettext("It was refused.");
}

function buttons(row) {
  if (row.state === "draft") return [["open", gettext("Continue")]];
  if (row.state === "conflict") return [["anew", gettext("File anew")], ["remove", gettext("Remove from this phone")]];
  // Nothing of it has left the phone yet: it can still be changed.
  if (row.state === "waiting") return [["now", gettext("Try now")], ...(row.tries ? [] : [["back", gettext("Change it")]])];
  return [["remove", gettext("Remove from this phone")]];
}
