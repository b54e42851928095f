// The command map: one Leaflet map from the layers of /api/v1/map/, kept by the live line. Used by the board and the wall.
import { everySecond } from "../clock.js";
import { onFrame, onReset } from "../live.js";
import { Answers } from "./answers.js";
import { Incidents, Warnings } from "./events.js";
import { layer, soon } from "./layers.js";
import { Units } from "./units.js";

const KEY = "sanji.map";

export class CommandMap {
  #detailFor = null;
  #fitted = false;

  /** options: {incident, onUnit, onIncident, onChange, quiet} */
  constructor(element, options = {}) {
    this.options = options;
    this.incident = String(options.incident || "");
    this.map = L.map(element, {
      attributionControl: false, zoomControl: false, minZoom: 7, maxZoom: 18, zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 90, boxZoom: false,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches, center: [27.62, 119.06], zoom: 10, keyboard: !options.quiet,
    });
    if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 18, className: "tiles" }).addTo(this.map);
    this.answers = new Answers();
    this.answers.incident = this.incident;
    this.units = new Units(this.map, (unit, event) => options.onUnit?.(unit, event));
    this.incidents = new Incidents(this.map, (incident) => options.onIncident?.(incident));
    this.warnings = new Warnings(this.map);
    this.loadAnswers = soon(() => this.#loadAnswers());
    this.loadIncidents = soon(() => this.#loadIncidents());
    this.loadWarnings = soon(() => this.#loadWarnings(), 60);
  }

  /** Resolves to true when the ground could be drawn. */
  async start() {
    const drawn = await this.#loadUnits();
    if (!drawn) return false;
    await Promise.all([this.#loadAnswers(), this.#loadIncidents(), this.#loadWarnings()]);
    onFrame((frame) => this.#heed(frame));
    onReset(() => { this.loadAnswers(); this.loadIncidents(); this.loadWarnings(); });
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

  #heed(frame) {
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

  /** The whole of what the person sees, or where they were before. */
  fit({ remembered = !this.options.quiet } = {}) {
    this.map.invalidateSize({ animate: false });
    const before = remembered && sessionStorage.getItem(KEY);
    if (before && !this.#fitted) {
      const [lat, lng, zoom] = before.split(" ").map(Number);
      this.map.setView([lat, lng], zoom, { animate: false });
    } else if (this.home.isValid()) this.map.fitBounds(this.home, { paddingTopLeft: [16, 24], paddingBottomRight: [this.options.margin || 16, 16], animate: false });
    this.#fitted = true;
  }

  #resized() {
    this.map.invalidateSize({ animate: false });
    if (this.options.quiet) this.fit();
  }

  #rememberView() {
    if (this.options.quiet) return;
    const { lat, lng } = this.map.getCenter();
    sessionStorage.setItem(KEY, `${lat} ${lng} ${this.map.getZoom()}`);
  }
}
