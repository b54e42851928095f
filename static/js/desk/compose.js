// Composing an order: pick units, count letters, see who would be called, and send once.
import { keepDraft } from "../core/draft.js";
import { ask, json } from "../core/http.js";
import { sendOnce } from "../core/once.js";
import { toast } from "../core/toast.js";

const form = document.getElementById("compose");
const tree = form?.querySelector("[data-unit-tree]");
const boxes = () => [...tree.querySelectorAll("input[name=units]")];
const branches = () => form.elements.descendants.checked;

// Units ---------------------------------------------------------------

/** The boxes of the units that a unit lies under. */
function above(box) {
  const found = [];
  let inside = box.closest(".branch-children");
  // A branch's own box stands in its head, not among its children.
  while (inside) {
    found.push(inside.parentElement.querySelector(":scope > .branch-head input"));
    inside = inside.parentElement.closest(".branch-children");
  }
  return found;
}

function fold(branch, open) {
  branch.querySelector(":scope > .branch-children").hidden = !open;
  branch.querySelector(":scope > .branch-head [data-fold]").setAttribute("aria-expanded", String(open));
}

/** A unit under a ticked one is included as long as the switch "with all villages" is on. */
function showIncluded() {
  for (const box of boxes()) {
    const included = branches() && !box.checked && above(box).some((other) => other.checked);
    const label = box.closest("label");
    label.classList.toggle("included", included);
    if (included) label.dataset.included = gettext("included");
  }
  const chosen = boxes().filter((box) => box.checked);
  const words = { county: gettext("the county"), township: gettext("townships"), village: gettext("villages"), department: gettext("departments") };
  const counts = {};
  for (const box of chosen) counts[box.dataset.level] = (counts[box.dataset.level] || 0) + 1;
  const text = Object.entries(counts).map(([level, n]) => (level === "county" ? words.county : `${n} ${words[level]}`)).join(" · ");
  form.querySelector("[data-units-chosen]").value = text || gettext("none chosen");
}

function search(text) {
  const wanted = text.trim().toLowerCase();
  for (const leaf of tree.querySelectorAll(".branch-leaf")) {
    leaf.hidden = Boolean(wanted) && !leaf.querySelector("[data-name]").dataset.name.toLowerCase().includes(wanted);
  }
  for (const branch of [...tree.querySelectorAll(".branch")].reverse()) {
    const own = branch.querySelector(":scope > .branch-head [data-name]").dataset.name.toLowerCase().includes(wanted);
    const inside = Boolean(branch.querySelector(":scope > .branch-children > :not([hidden])"));
    branch.hidden = Boolean(wanted) && !own && !inside;
    fold(branch, wanted ? inside : branch.parentElement === tree);
  }
}

let ladderTouched = false;

function choose(wanted) {
  form.querySelector("[data-units-said]").textContent = "";
  for (const box of boxes()) box.checked = wanted(box);
  changed();
}

/** What the server says of the chosen incident: its affected units, whose list that is, the ladder its orders begin on. */
async function incident() {
  return json(`/incidents/${form.elements.incident.value}/units/`);
}

async function chooseArea() {
  const { units, said } = await incident();
  const codes = new Set(units);
  if (!codes.size) { toast(gettext("You may order none of the units in this incident's area."), { tone: "warn" }); return; }
  // Exactly the units named: a township stands for itself, its villages for themselves.
  form.elements.descendants.checked = false;
  choose((box) => codes.has(box.value));
  form.querySelector("[data-units-said]").textContent = said;
}

/** Another incident: its ladder, unless somebody has chosen one by hand. */
async function followLadder() {
  if (ladderTouched || !form.elements.incident.value) return;
  const { ladder } = await incident().catch(() => ({}));
  const radio = ladder && form.querySelector(`[name=ladder][value="${ladder}"]`);
  if (!radio || ladderTouched) return;
  radio.checked = true;
  changed();
}

function startUnits() {
  form.querySelector("[data-unit-search]").addEventListener("input", (event) => search(event.target.value));
  form.querySelector("[data-unit-search]").addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  form.querySelector("[data-units-all]").addEventListener("click", () => choose((box) => box.dataset.level === "township"));
  form.querySelector("[data-units-none]").addEventListener("click", () => choose(() => false));
  const area = form.querySelector("[data-units-area]");
  area.addEventListener("click", () => chooseArea().catch(() => toast(gettext("No connection. Nothing was sent."), { tone: "danger" })));
  const enable = () => { area.disabled = !form.elements.incident.value; };
  form.elements.incident.addEventListener("change", () => { enable(); followLadder(); });
  for (const radio of form.querySelectorAll("[name=ladder]")) radio.addEventListener("click", () => { ladderTouched = true; });
  enable();
  tree.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fold]");
    if (button) fold(button.closest(".branch"), button.getAttribute("aria-expanded") !== "true");
  });
}

// Posts ---------------------------------------------------------------

function showPosts() {
  const called = JSON.parse(document.getElementById("called-by-colour").textContent);
  const colour = form.querySelector("[name=ladder]:checked")?.value;
  const mine = new Set(called[colour] || []);
  for (const dot of form.querySelectorAll("[data-post]")) dot.hidden = !mine.has(dot.dataset.post);
  const ticked = form.querySelectorAll("[name=posts]:checked").length;
  form.querySelector("[data-posts-chosen]").textContent = ticked
    ? interpolate(ngettext("%(n)s chosen", "%(n)s chosen", ticked), { n: ticked }, true)
    : gettext("those that the rule calls");
}

// Text ----------------------------------------------------------------

function count() {
  const shown = form.querySelector("[data-counter-of]");
  shown.textContent = `${[...form.elements.text.value].length} / ${shown.dataset.limit}`;
}

function addPhrase(text) {
  const area = form.elements.text;
  const before = area.value.trimEnd();
  area.value = before ? `${before}\n${text}` : text;
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// Preview -------------------------------------------------------------

let round = 0;
let timer = 0;
let stale = true; // what is shown may not be what would be sent

async function preview() {
  const mine = ++round;
  clearTimeout(timer);
  const place = document.getElementById("order-preview");
  place.classList.add("loading");
  const answer = await ask(form.dataset.preview, { method: "POST", body: new FormData(form), expects: "html" });
  if (mine !== round) return;
  if (answer.kind === "ok" && answer.status !== 204) {
    place.innerHTML = answer.text;
    stale = false;
  }
  if (answer.kind === "none") {
    place.textContent = gettext("The preview needs a connection.");
    addEventListener("online", preview, { once: true });
  }
  place.classList.remove("loading");
  nameTheAct();
}

/** The question before sending says whom it reaches, as far as that is known. */
function nameTheAct() {
  const button = form.querySelector("[data-send]");
  const figures = document.querySelector("#order-preview .preview-figures");
  button.dataset.confirmAct = gettext("Send the order");
  button.dataset.confirmTone = "calm";
  delete button.dataset.confirmShows;
  if (!figures || stale) {
    button.dataset.confirm = gettext("Send this order?");
    button.dataset.confirmBody = gettext("Whom it reaches is not shown yet.");
    return;
  }
  button.dataset.confirmShows = "#order-reach";
  const { people, units, vacant } = figures.dataset;
  button.dataset.confirm = interpolate(ngettext("Send this order to %(n)s person?", "Send this order to %(n)s people?", Number(people)), { n: people }, true);
  const parts = [interpolate(ngettext("%(n)s unit.", "%(n)s units.", Number(units)), { n: units }, true)];
  if (Number(vacant)) parts.push(interpolate(ngettext("%(n)s vacancy escalates at once.", "%(n)s vacancies escalate at once.", Number(vacant)), { n: vacant }, true));
  parts.push(gettext("Phones and computers on which they have Sanji open sound until they answer."));
  button.dataset.confirmBody = parts.join(document.documentElement.lang.startsWith("en") ? " " : "");
}

function changed() {
  showIncluded();
  showPosts();
  form.dispatchEvent(new Event("change"));
}

/** The question names what would be sent now, not what was shown before the last change. */
async function askWithFreshNumbers(event) {
  if (!stale || !navigator.onLine) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.currentTarget;
  button.setAttribute("aria-busy", "true");
  await preview();
  button.removeAttribute("aria-busy");
  form.requestSubmit(button);
}

function later(wait) {
  stale = true;
  round += 1; // an answer that is still on its way tells of what was chosen before
  nameTheAct();
  clearTimeout(timer);
  timer = setTimeout(preview, wait);
}

function start() {
  // What the address asks for (an incident, units chosen on the map) wins over what was left lying.
  if (keepDraft(form, { restoring: !location.search })) form.querySelector("[data-draft-state]").textContent = gettext("Your draft was restored.");
  startUnits();
  form.addEventListener("input", (event) => { if (event.target === form.elements.text) count(); });
  form.addEventListener("change", (event) => {
    if (event.target !== form) { showIncluded(); showPosts(); }
    later(250);
  });
  form.elements.text.addEventListener("input", () => later(900));
  for (const button of form.querySelectorAll("[data-phrase]")) button.addEventListener("click", () => addPhrase(button.dataset.phrase));
  count();
  showIncluded();
  showPosts();
  preview();
  form.querySelector("[data-send]").addEventListener("click", askWithFreshNumbers);
  sendOnce(form);
}

if (form) start();
