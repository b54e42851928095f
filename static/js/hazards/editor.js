// The form of one report. Every change is kept at once; photos are kept as they are taken.
import { PinMap, whereAmI } from "./pin_map.js";
import { prepare } from "./photo.js";
import { at, said, thumb } from "./cards.js";
import { change, get, isFull, photosOf, put, remove, uuid } from "./reports.js";
import { button } from "../core/button.js";
import { icon } from "../core/icon.js";

const say = (text, values) => interpolate(text, values, true);
const local = (iso) => {
  const moment = new Date(iso);
  return new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
};

export class Editor {
  /** `form` of templates/hazards/phone/file.html; `full()` when the phone has no space left. */
  constructor(form, { person, tiles, full }) {
    Object.assign(this, { form, person, tiles, full, report: null, map: null, saving: 0, working: 0 });
    form.addEventListener("input", () => this.soon());
    addEventListener("pagehide", () => this.report && this.keep());
    for (const input of form.querySelectorAll("[data-pick]")) input.addEventListener("change", () => this.picked(input));
    this.find("here").addEventListener("click", () => this.locate());
  }

  find(name) {
    return this.form.querySelector(`[data-${name}]`);
  }

  async open(id) {
    this.report = await get("reports", id);
    const { fields, problem } = this.report;
    this.form.hidden = false;
    for (const name of ["kind", "description", "place"]) this.form.elements[name].value = fields[name] || "";
    this.form.elements.people_at_risk.value = fields.people_at_risk || 0;
    this.form.elements.found_at.value = local(fields.found_at);
    this.complain(problem?.fields || {}, problem ? said(problem) : "");
    this.find("kept").textContent = "";
    await this.drawPhotos();
    this.drawPlace();
    if (!fields.point) this.locate();
  }

  async close() {
    if (!this.report) return;
    await this.keep();
    clearTimeout(this.saving);
    this.report = null;
    this.form.hidden = true;
  }

  // Keeping ---------------------------------------------------------------

  soon() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.keep(), 250);
  }

  async keep() {
    const { report } = this;
    if (!report) return;
    const { elements } = this.form;
    for (const name of ["kind", "description", "place"]) report.fields[name] = elements[name].value;
    report.fields.people_at_risk = Math.max(0, Math.trunc(Number(elements.people_at_risk.value)) || 0);
    if (elements.found_at.value) report.fields.found_at = new Date(elements.found_at.value).toISOString();
    const fields = { ...report.fields };
    try {
      await change("reports", report.id, (row) => { if (row.state === "draft") row.fields = fields; });
      this.find("kept").textContent = say(gettext("Kept on this phone %(at)s"), { at: at(new Date().toISOString()) });
    } catch (error) {
      if (isFull(error)) this.full();
      this.find("kept").textContent = gettext("Not kept: this phone has no space left.");
    }
  }

  /** What is missing, by field; empty when it can be sent. */
  missing() {
    const { fields } = this.report;
    const found = {};
    if (!fields.point) found.point = [gettext("Set the pin where the danger is.")];
    if (!fields.kind) found.kind = [gettext("Choose what kind of danger it is.")];
    if (!fields.description.trim()) found.description = [gettext("Say in a few words what you see.")];
    return found;
  }

  complain(fields, sentence = "") {
    const known = new Set();
    for (const line of this.form.querySelectorAll("[data-error]")) {
      const complaint = fields[line.dataset.error]?.[0] || "";
      if (complaint) known.add(line.dataset.error);
      line.textContent = complaint;
      line.hidden = !complaint;
      this.form.elements[line.dataset.error]?.setAttribute("aria-invalid", String(Boolean(complaint)));
    }
    const above = this.find("problem");
    above.querySelector("p").textContent = known.size ? gettext("Some fields need attention.") : sentence;
    above.hidden = !known.size && !sentence;
    if (!above.hidden) above.scrollIntoView({ block: "center" });
  }

  // Place -----------------------------------------------------------------

  drawPlace({ look = true } = {}) {
    if (window.L && !this.map) this.map = new PinMap(this.find("map"), { tiles: this.tiles, moved: (point) => this.moved(point) });
    const { point, accuracy_m: accuracy } = this.report.fields;
    this.map?.show(point || null, accuracy, { look });
    this.tellPlace(point ? `${point[1].toFixed(5)}° N ${point[0].toFixed(5)}° E${accuracy ? ` ± ${accuracy} m` : ""}` : gettext("No place yet"));
  }

  tellPlace(text) {
    this.find("place-state").textContent = text;
  }

  moved([lon, lat]) {
    Object.assign(this.report.fields, { point: [Number(lon.toFixed(6)), Number(lat.toFixed(6))], accuracy_m: null });
    this.drawPlace({ look: false });
    this.keep();
  }

  async locate() {
    const { report } = this;
    this.tellPlace(gettext("Looking for the position…"));
    try {
      const { point, accuracy } = await whereAmI();
      if (this.report !== report) return;
      Object.assign(report.fields, { point: point.map((n) => Number(n.toFixed(6))), accuracy_m: accuracy });
      this.drawPlace();
      this.keep();
    } catch (error) {
      if (this.report === report) this.tellPlace(error.message);
    }
  }

  // Photos ----------------------------------------------------------------

  async picked(input) {
    const files = [...input.files];
    input.value = "";
    this.working += 1;
    for (const file of files) await this.add(file);
    this.working -= 1;
  }

  async add(file) {
    const { report } = this;
    this.tellPhoto(gettext("Preparing the photo…"));
    try {
      const photo = await prepare(file);
      const twin = (await photosOf(report.id)).find((one) => one.originalSha256 === photo.originalSha256);
      if (!twin) await put("photos", { ...photo, id: uuid(), report: report.id, person: this.person, shows: "before", at: Date.now() });
      this.tellPhoto(twin ? gettext("This photo is there already.") : "");
    } catch (error) {
      if (isFull(error)) this.full();
      this.tellPhoto(isFull(error) ? gettext("This photo is NOT kept: the phone has no space left. Free some, then take it again.") : error.message);
    }
    if (this.report === report) await this.drawPhotos();
  }

  tellPhoto(text) {
    this.find("photo-state").textContent = text;
    this.find("photo-state").hidden = !text;
  }

  async drawPhotos() {
    const photos = await photosOf(this.report.id);
    this.find("photos").replaceChildren(...photos.map((photo) => this.photo(photo)));
  }

  photo(photo) {
    const holder = document.createElement("span");
    holder.className = "hz-photo";
    const drop = async () => { await remove("photos", photo.id); await this.drawPhotos(); };
    holder.append(thumb(photo), button(icon("x"), drop, { className: "btn", label: gettext("Remove the photo") }));
    return holder;
  }
}
