// /hazards/file/: reports that are kept on this phone until they have arrived.
import { drawCards } from "./cards.js";
import { Editor } from "./editor.js";
import { Queue } from "./queue.js";
import { startWorker, whose } from "./shell.js";
import { all, change, get, keeps, persist, photosOf, put, removeReport, reportsOf, uuid } from "./reports.js";
import { ask } from "../core/http.js";
import { icon } from "../core/icon.js";
import { toast } from "../core/toast.js";

const KEPT_ARRIVED = 20;
const root = document.querySelector("[data-hazards]");
const find = (name) => root.querySelector(`[data-${name}]`);
const kinds = Object.fromEntries([...root.querySelectorAll("#hz-kind option")].filter((o) => o.value).map((o) => [o.value, o.textContent]));
const say = (text, values) => interpolate(text, values, true);
const told = new Map();
let person = "";
let queue = null;
let editor = null;

// What the page has to say -------------------------------------------------

/** One notice a key; an empty text takes it away. */
function notice(key, text, { tone = "warn", act = null } = {}) {
  told.get(key)?.remove();
  told.delete(key);
  if (!text) return;
  const element = document.createElement("div");
  element.className = `notice notice-${tone}`;
  element.dataset.notice = key;
  const words = document.createElement("p");
  words.textContent = text;
  element.append(icon(tone === "info" ? "info-circle" : "alert-circle"), words, ...(act ? [act] : []));
  told.set(key, element);
  find("notices").append(element);
}

function signIn() {
  const link = document.createElement("a");
  link.className = "btn btn-secondary";
  link.href = root.dataset.login;
  link.textContent = gettext("Sign in again");
  return link;
}

function tell(trouble, over = false) {
  if (over && !trouble) refresh();
  notice("signed-out", trouble === "signed-out" ? gettext("You are signed out. Your reports are kept on this phone and are sent once you have signed in again.") : "", { act: signIn() });
  draw();
}

function full() {
  notice("full", gettext("This phone has no space left for the page. What is shown as kept is kept; send it or free some space before you go on."), { tone: "danger" });
}

function connection() {
  document.querySelector("[data-offline]").hidden = navigator.onLine;
}

async function storage(waiting) {
  const kept = await keeps();
  if (!kept) notice("storage", gettext("This browser keeps nothing when the page is closed (a private window?). Send your reports before you close it."), { tone: "danger" });
  else notice("storage", waiting && !(await persist()) ? gettext("The browser may clear what is kept here if the phone runs short of space, or at once in a private window. Send as soon as you can.") : "", { tone: "info" });
}

async function others() {
  const count = (await all("reports")).filter((row) => row.person !== person && ["draft", "waiting"].includes(row.state)).length;
  notice("others", count ? say(ngettext("%(n)s report of somebody else is kept on this phone. It is sent when they sign in here.", "%(n)s reports of somebody else are kept on this phone. They are sent when they sign in here.", count), { n: count }) : "", { tone: "info" });
}

function ready(offline) {
  if (offline) find("ready").textContent = gettext("This page opens without a signal too. A report is kept on this phone until it has arrived.");
  notice("insecure", !offline && !window.isSecureContext ? gettext("This address is not secure (HTTP): keep this page open while you have no signal, because it could not be opened again.") : "");
}

// The list ------------------------------------------------------------------

let drawing = Promise.resolve();

function draw() {
  drawing = drawing.then(drawNow, drawNow);
  return drawing;
}

async function drawNow() {
  const rows = await reportsOf(person);
  for (const row of rows) row.photos = await photosOf(row.id);
  for (const old of rows.filter((row) => row.arrived && row.state !== "waiting").slice(KEPT_ARRIVED)) await removeReport(old.id);
  drawCards(find("groups"), find("card-template"), rows, kinds, act);
  await storage(rows.some((row) => row.state === "waiting" || row.state === "draft"));
}

/** How the tickets that have arrived stand by now: accepted once the township has taken them up. */
async function refresh() {
  const rows = (await reportsOf(person)).filter((row) => row.state === "delivered" || row.state === "accepted");
  if (!rows.length) return;
  const ids = rows.map((row) => row.ticket?.id).filter(Number.isFinite);
  const answer = await ask(`${root.dataset.mine}?ids=${ids.join(",")}`, { expects: "json", person, quiet: true });
  if (answer.kind !== "ok" || !answer.data?.tickets) return; // What was known stays.
  for (const row of rows) {
    const now = answer.data.tickets[row.ticket?.id];
    if (now) await change("reports", row.id, (kept) => { kept.word = now.word; kept.state = now.accepted ? "accepted" : "delivered"; });
  }
  await draw();
}

const acts = {
  open: (row) => { location.hash = `d=${row.id}`; },
  now: () => queue.now(),
  async back(row) {
    const kept = await change("reports", row.id, (one) => { if (!one.tries && one.state === "waiting") one.state = "draft"; });
    if (kept?.state === "draft") acts.open(row);
  },
  async remove(row) {
    await removeReport(row.id);
    await draw();
  },
  async anew(row) {
    const id = uuid();
    await put("reports", { ...row, photos: undefined, id, state: "draft", tries: 0, problem: null, ticket: null });
    for (const photo of row.photos) await put("photos", { ...photo, report: id });
    await removeReport(row.id);
    location.hash = `d=${id}`;
  },
};

function act(name, row) {
  return acts[name](row);
}

// The form of one ------------------------------------------------------------

async function create() {
  const now = new Date().toISOString();
  const fields = { kind: "", description: "", place: "", people_at_risk: 0, found_at: now, point: null, accuracy_m: null };
  const row = { id: uuid(), person, state: "draft", made: now, tries: 0, ticket: null, problem: null, fields };
  try {
    await put("reports", row);
  } catch {
    full();
    return;
  }
  location.hash = `d=${row.id}`;
}

async function show() {
  const id = location.hash.match(/^#d=([0-9a-f-]{36})$/)?.[1];
  await editor.close();
  const row = id && (await get("reports", id));
  const editing = Boolean(row && row.person === person && row.state === "draft");
  find("list").hidden = editing;
  document.querySelector("[data-back]").hidden = !editing;
  if (editing) await editor.open(id);
  else await draw();
  window.scrollTo(0, 0);
}

async function send(event) {
  event.preventDefault();
  if (editor.working) { toast(gettext("A photo is still being prepared."), { tone: "info" }); return; }
  await editor.keep();
  const missing = editor.missing();
  editor.complain(missing);
  if (Object.keys(missing).length) return;
  await change("reports", editor.report.id, (row) => { row.state = "waiting"; row.problem = null; });
  location.hash = "";
  queue.now();
}

async function drop() {
  const { id } = editor.report;
  const row = await get("reports", id);
  const photos = await photosOf(id);
  editor.report = null;
  editor.form.hidden = true;
  await removeReport(id);
  location.hash = "";
  const restore = async () => {
    await put("reports", row);
    for (const photo of photos) await put("photos", photo);
    await draw();
  };
  toast(gettext("Draft deleted"), { action: { label: gettext("Undo"), run: restore } });
}

async function start() {
  person = await whose(root);
  connection();
  addEventListener("online", connection);
  addEventListener("offline", connection);
  await keeps();
  if (!person) { notice("signed-out", gettext("Sign in, so that your reports can be sent under your name."), { act: signIn() }); return; }
  queue = new Queue({ person, tell });
  editor = new Editor(find("editor"), { person, tiles: root.dataset.tiles, full });
  find("new").addEventListener("click", create);
  find("editor").addEventListener("submit", send);
  find("delete").addEventListener("click", drop);
  document.querySelector("[data-back]").addEventListener("click", () => { location.hash = ""; });
  addEventListener("hashchange", show);
  addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
  await show();
  await others();
  startWorker(root, ready);
  await queue.now();
}

start();
