// The command map: one Leaflet map from the layers of /api/v1/map/, kept by the live line. Used by the board and the wall.
import { everySecond } from "../core/clock.js";
import { onFrame, onReset } from "../core/live.js";
import { keep, kept } from "../core/store.js";
import { Answers } from "./answers.js";
import { Incidents, Warnings } from "./events.js";
import { layer, soon } from "./layers.js";
import { Units } from "./units.js";

const VIEW = "map"; // kept for the person
const ZOOMS = [7, 18];

/** A view as it may be restored: numbers, on the earth, at a zoom that the map has. */
const isView = (view) => Array.isArray(view) && view.length === 3 && view.every(Number.isFinite)
  && Math.abs(view[0]) <= 85 && Math.abs(view[1]) <= 180 && view[2] >= ZOOMS[0] && view[2] <= ZOOMS[1];

export class CommandMap {
  #detailFor = null;
  #fitted = false;

  /** options: {incident, onUnit, onIncident, onChange, quiet} */
  constructor(element, options = {}) {
    this.options = options;
    this.incident = String(options.incident || "");
    this.map = L.map(element, {
      attributionControl: false, zoomControl: false, minZoom: ZOOMS[0], maxZoom: ZOOMS[1], zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 90, boxZoom: false,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches, center: [27.62, 119.06], zoom: 10, keyboard: !options.quiet,
    });
    if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 18, className: "tiles" }).addTo(this.map);
    this.answers = new Answers();
    this.answers.incident = this.incident;
    this.units = new Units(this.map, (unit, event) => options.onUnit?.(unit, event));
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const look = { keyboard: !options.quiet, scale: options.quiet ? rem * 2.4 : rem };
    this.incidents = new Incidents(this.map, (incident) => options.onIncident?.(incident), look);
    this.warnings = new Warnings(this.map, look);
    this.loadAnswers = soon(() => this.#loadAnswers(), 400);
    this.loadIncidents = soon(() => this.#loadIncidents(), 400);
    this.loadCutOff = soon(() => this.#loadCutOff(), 400);
    this.loadWarnings = soon(() => this.#loadWarnings(), 400);
  }

  /** Resolves to true when the ground could be drawn. */
  async start() {
    const drawn = await this.#loadUnits();
    if (!drawn) return false;
    await Promise.all([this.#loadAnswers(), this.#loadIncidents(), this.#loadWarnings(), this.#loadCutOff()]);
    onFrame((frame) => this.#heed(frame));
    onReset(() => { this.loadAnswers(); this.loadIncidents(); this.loadWarnings(); this.loadCutOff(); });
    everySecond(() => this.#show());
    this.map.on("moveend", soon(() => this.#loadDetail(), 300));
    this.map.on("moveend", () => this.#rememberView());
    new ResizeObserver(soon(() => this.#resized(), 100)).observe(this.map.getContainer());
    return true;
  }

  async #loadUnits() {
    const collection = await layer("units", { zoom: 11 });
    if (!collection) return false;
    this.approximate = this.units.load(collection);
    this.fit();
    return true;
  }

  /** Finer boundaries for what is in view, once somebody looks closely. */
  async #loadDetail() {
    if (!this.units.wantsDetail) return;
    const bounds = this.map.getBounds().pad(0.5);
    const zoom = Math.min(16, Math.ceil(this.map.getZoom()));
    if (this.#detailFor?.zoom === zoom && this.#detailFor.bounds.contains(this.map.getBounds())) return;
    const collection = await layer("units", { zoom, bbox: bounds.toBBoxString() });
    if (!collection) return;
    this.#detailFor = { zoom, bounds };
    this.units.load(collection);
  }

  async #loadAnswers() {
    const incident = this.incident;
    const collection = await layer("assignments", { incident }, this.loadAnswers);
    if (!collection || incident !== this.incident) return;
    this.answers.load(collection);
    this.#show();
  }

  async #loadIncidents() {
    const collection = await layer("incidents", {}, this.loadIncidents);
    if (!collection) return;
    this.incidents.load(collection);
    this.incidents.choose(this.incident);
  }

  async #loadWarnings() {
    const collection = await layer("warnings", {}, this.loadWarnings);
    if (collection) this.warnings.load(collection);
  }

  /** Villages presumed cut off: black-edged until somebody there gives a sign of life. */
  async #loadCutOff() {
    const collection = await layer("cut_off", {}, this.loadCutOff);
    if (collection) this.units.cutOff(collection.features.map((feature) => feature.id));
  }

  #heed(frame) {
    if (frame.verb === "unit.cut_off" || frame.verb === "unit.cut_off_lifted") this.loadCutOff();
    const type = frame.card?.type;
    if (type === "assignment" || type === "called") {
      if (this.answers.take(frame)) this.#show();
    } else if (type === "incident") {
      if (this.incidents.take(frame.card, true)) this.loadIncidents();
    } else if (type === "warning") this.loadWarnings();
    else if (type === "order" && frame.verb === "order.called_off") this.loadAnswers();
  }

  #show() {
    const changes = this.answers.changes();
    if (!changes.length) return;
    this.units.show(changes);
    this.options.onChange?.(this.answers.totals(), changes);
  }

  /** Recolours the villages for one incident, or for everything that is going on. */
  choose(incident) {
    if (String(incident || "") === this.incident) return;
    this.incident = String(incident || "");
    this.answers = new Answers();
    this.answers.incident = this.incident;
    this.units.forget();
    this.options.onChange?.({}, []);
    this.incidents.choose(this.incident);
    this.loadAnswers();
  }

  get home() {
    const own = this.units.ownBounds;
    return own.isValid() ? own : this.units.bounds;
  }

  /** A map in a hidden tab or a closed panel has no size: what it would show there says nothing. */
  get #hasSize() {
    const { clientWidth, clientHeight } = this.map.getContainer();
    return clientWidth > 0 && clientHeight > 0;
  }

  /** The whole of what the person sees, or where they were before; a map without a size waits until it has one. */
  fit({ remembered = !this.options.quiet } = {}) {
    if (!this.#hasSize) return;
    this.map.invalidateSize({ animate: false });
    const before = remembered && !this.#fitted && kept(VIEW, isView);
    const home = this.home;
    if (before && (!home.isValid() || home.pad(1).contains(before.slice(0, 2)))) this.map.setView(before.slice(0, 2), before[2], { animate: false });
    else if (home.isValid()) this.map.fitBounds(home, { paddingTopLeft: [16, 24], paddingBottomRight: [this.options.margin || 16, 16], animate: false });
    this.#fitted = true;
  }

  #resized() {
    if (!this.#hasSize) return;
    this.map.invalidateSize({ animate: false });
    if (this.options.quiet || !this.#fitted) this.fit();
  }

  #rememberView() {
    if (this.options.quiet || !this.#fitted || !this.#hasSize) return;
    const { lat, lng } = this.map.getCenter();
    const view = [lat, lng, this.map.getZoom()];
    if (isView(view)) keep(VIEW, view);
  }
}
