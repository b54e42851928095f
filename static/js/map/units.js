// The ground of the map: outlines, areas by answer state, names that give way by zoom.
import { stateGlyph } from "../core/icon.js";
import { named } from "../core/text.js";
import { nameOf, shortNameOf } from "./names.js";

const VILLAGE_NAMES_FROM = 12;
const TOWNSHIP_NAMES_FROM = 9.5;
const ALL_GLYPHS_FROM = 11.5;
const DETAIL_FROM = 13;
const LOUD = new Set(["silent", "climbed"]);
const SVG = "http://www.w3.org/2000/svg";

export class Units {
  #map;
  #areas = new Map();
  #names = new Map();
  #glyphs = new Map();
  #states = new Map();
  #off = new Set();
  #under = new Map();
  #chosen = "";
  #picked = new Set();
  #cut = new Set();
  #onClick;

  constructor(map, onClick) {
    this.#map = map;
    this.#onClick = onClick;
    for (const [pane, z] of [["ground", 405], ["villages", 410], ["townships", 420], ["county", 430], ["glyphs", 610], ["names", 620]]) {
      map.createPane(pane).style.zIndex = z;
    }
    map.getPane("names").style.pointerEvents = "none";
    this.group = { village: L.layerGroup().addTo(map), township: L.layerGroup().addTo(map), county: L.layerGroup().addTo(map) };
    this.names = L.layerGroup().addTo(map);
    this.glyphs = L.layerGroup().addTo(map);
    this.renderers = Object.fromEntries(["ground", "villages", "townships", "county"].map((pane) => [pane, L.svg({ pane, padding: 0.4 })]));
    map.on("zoomend", () => this.#giveWay());
  }

  /** Draws the layer; again with finer boundaries replaces the shapes and keeps everything else. */
  load(collection) {
    for (const feature of collection.features) this.#area(feature);
    this.#hatches();
    this.#giveWay();
    return collection.features.some((feature) => feature.properties.approximate);
  }

  #area({ id, geometry, properties }) {
    const level = properties.level;
    const known = this.#areas.get(id);
    const shape = L.GeoJSON.geometryToLayer({ type: "Feature", geometry }, {});
    if (known) {
      known.layer.setLatLngs(shape.getLatLngs());
      known.ground?.setLatLngs(shape.getLatLngs());
      return;
    }
    const pane = level === "county" ? "county" : level === "township" ? "townships" : "villages";
    const layer = L.polygon(shape.getLatLngs(), { pane, renderer: this.renderers[pane], interactive: properties.type === "unit" && level !== "county", className: this.#classOf(id, level), smoothFactor: 0.5 });
    this.#areas.set(id, { layer, unit: properties });
    layer.addTo(this.group[level] || this.group.village);
    if (level === "county") this.#ground(id, layer);
    if (properties.type !== "unit") return;
    if (level === "village") this.#under.set(properties.parent, [...(this.#under.get(properties.parent) || []), id]);
    // A click that is taken here is not one on the map as well, which lays down points or closes what is open.
    layer.on("click", (event) => this.#onClick(properties, event.originalEvent) === true && L.DomEvent.stopPropagation(event));
    if (level !== "county") layer.bindTooltip(() => this.#tip(properties), { sticky: true, direction: "top", offset: [0, -8], className: "map-tip" });
    this.#name(properties);
  }

  /** The outline stands above everything, what it encloses below. */
  #ground(id, outline) {
    const ground = L.polygon(outline.getLatLngs(), { pane: "ground", renderer: this.renderers.ground, interactive: false, className: "area-ground", smoothFactor: 0.5 });
    this.#areas.get(id).ground = ground;
    ground.addTo(this.group.county);
  }

  #tip(unit) {
    const state = this.#states.get(unit.code);
    const parent = this.#areas.get(unit.parent)?.unit;
    const name = unit.level === "village" && parent?.zh ? `${nameOf(unit)} · ${nameOf(parent)}` : nameOf(unit);
    const tip = document.createElement("span");
    tip.append(named(name));
    if (this.#cut.has(unit.code)) tip.append(` — ${gettext("presumed cut off")}`);
    if (state) tip.append(` — ${state.silent ? interpolate(gettext("%(silent)s of %(total)s silent"), state, true) : interpolate(gettext("%(total)s called, all answered"), state, true)}`);
    return tip;
  }

  #name(unit) {
    if (!unit.seat || unit.level === "county") return;
    const label = document.createElement("span");
    label.textContent = shortNameOf(unit);
    const icon = L.divIcon({ className: `map-name map-name-${unit.level}`, html: label, iconSize: null });
    this.#names.set(unit.code, L.marker([unit.seat[1], unit.seat[0]], { icon, pane: "names", interactive: false, keyboard: false }));
  }

  /** Shows what the units answered: [[code, answers or null], …]. */
  show(changes) {
    for (const [code, answers] of changes) {
      if (answers) this.#states.set(code, answers);
      else this.#states.delete(code);
    }
    const above = changes.map(([code]) => this.#areas.get(code)?.unit.parent).filter(Boolean);
    for (const code of new Set([...changes.map(([one]) => one), ...above])) this.#paint(code);
    for (const [code] of changes) this.#glyph(code);
  }

  /** Nothing is known of any unit's answers. */
  forget() {
    const codes = [...this.#states.keys()];
    this.#states.clear();
    for (const code of codes) { this.#paint(code); this.#glyph(code); }
  }

  #classOf(code, level) {
    const state = this.#states.get(code)?.state;
    const covered = level === "township" && this.#under.get(code)?.some((village) => this.#states.has(village));
    const shown = state && level !== "county" && !covered && !this.#off.has(state) ? ` st-${state}` : "";
    return `area area-${level}${shown}${code === this.#chosen ? " selected" : ""}${this.#picked.has(code) ? " picked" : ""}${this.#cut.has(code) ? " cut-off" : ""}`;
  }

  #paint(code) {
    const known = this.#areas.get(code);
    if (!known) return;
    const path = known.layer.getElement();
    known.layer.options.className = this.#classOf(code, known.unit.level);
    if (path) path.setAttribute("class", `${known.layer.options.className}${known.layer.options.interactive ? " leaflet-interactive" : ""}`);
    if (code === this.#chosen || this.#picked.has(code) || this.#cut.has(code)) known.layer.bringToFront();
  }

  #glyph(code) {
    const old = this.#glyphs.get(code);
    if (old) { old.remove(); this.#glyphs.delete(code); }
    const known = this.#areas.get(code);
    const answers = this.#states.get(code);
    if (!known?.unit.seat || !answers || this.#off.has(answers.state)) return;
    if (!LOUD.has(answers.state) && this.#map.getZoom() < ALL_GLYPHS_FROM && known.unit.level === "village") return;
    const html = document.createElement("span");
    html.className = `map-glyph map-glyph-${known.unit.level} st-${answers.state}`;
    html.append(stateGlyph(answers.state));
    const icon = L.divIcon({ className: "map-glyph-box", html, iconSize: null });
    const marker = L.marker([known.unit.seat[1], known.unit.seat[0]], { icon, pane: "glyphs", interactive: false, keyboard: false, zIndexOffset: known.unit.level === "village" ? 0 : 10_000 });
    this.#glyphs.set(code, marker);
    this.glyphs.addLayer(marker);
  }

  #giveWay() {
    const zoom = this.#map.getZoom();
    for (const [code, marker] of this.#names) {
      const { level } = this.#areas.get(code).unit;
      const from = level === "township" ? TOWNSHIP_NAMES_FROM : VILLAGE_NAMES_FROM;
      if (zoom >= from) this.names.addLayer(marker);
      else this.names.removeLayer(marker);
    }
    this.#map.getContainer().classList.toggle("near", zoom >= VILLAGE_NAMES_FROM);
    const all = zoom >= ALL_GLYPHS_FROM;
    if (all !== this.allGlyphs) {
      this.allGlyphs = all;
      for (const code of this.#states.keys()) this.#glyph(code);
    }
  }

  /** Fills that are drawn, not only coloured: silence must be seen by those who do not see red. */
  #hatches() {
    for (const [pane, renderer] of Object.entries(this.renderers)) {
      const svg = renderer._container;
      if (!svg || svg.querySelector("defs") || pane === "county" || pane === "ground") continue;
      const defs = document.createElementNS(SVG, "defs");
      for (const state of ["silent", "climbed", "passed_on"]) defs.append(hatch(`${pane}-${state}`, state));
      svg.prepend(defs);
    }
  }

  get wantsDetail() {
    return this.#map.getZoom() >= DETAIL_FROM;
  }

  unit(code) {
    return this.#areas.get(code)?.unit || null;
  }

  answers(code) {
    return this.#states.get(code) || null;
  }

  layerOf(code) {
    return this.#areas.get(code)?.layer || null;
  }

  get bounds() {
    const bounds = L.latLngBounds([]);
    for (const { layer } of this.#areas.values()) bounds.extend(layer.getBounds());
    return bounds;
  }

  /** Where the person's own units lie: their outlines, not those of what they lie in. */
  get ownBounds() {
    const bounds = L.latLngBounds([]);
    for (const { layer, unit } of this.#areas.values()) if (unit.type === "unit") bounds.extend(layer.getBounds());
    return bounds;
  }

  choose(code) {
    const before = this.#chosen;
    this.#chosen = code;
    for (const one of [before, code]) if (one) this.#paint(one);
  }

  pick(codes) {
    const before = this.#picked;
    this.#picked = new Set(codes);
    for (const code of new Set([...before, ...this.#picked])) this.#paint(code);
  }

  /** Those presumed cut off, and no others. */
  cutOff(codes) {
    const before = this.#cut;
    this.#cut = new Set(codes);
    for (const code of new Set([...before, ...this.#cut])) if (before.has(code) !== this.#cut.has(code)) this.#paint(code);
  }

  toggleState(state, on) {
    if (on) this.#off.delete(state);
    else this.#off.add(state);
    for (const [code, answers] of this.#states) if (answers.state === state) { this.#paint(code); this.#glyph(code); }
  }
}

function hatch(id, state) {
  const pattern = document.createElementNS(SVG, "pattern");
  const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // as wide for the eye on every screen
  const attributes = { id: `hatch-${id}`, width: 7 * unit, height: 7 * unit, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  for (const [name, value] of Object.entries(attributes)) pattern.setAttribute(name, value);
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", 7 * unit);
  ground.setAttribute("height", 7 * unit);
  ground.setAttribute("class", `hatch-ground st-${state}`);
  const line = document.createElementNS(SVG, "rect");
  line.setAttribute("width", 3 * unit);
  line.setAttribute("height", 7 * unit);
  line.setAttribute("class", `hatch-line st-${state}`);
  pattern.append(ground, line);
  return pattern;
}
