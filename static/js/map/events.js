// Incidents and warnings on the map: markers by shape and numeral, a warning's area as its sender drew it.
import { levelShape } from "../core/icon.js";
import { plain } from "../core/text.js";

const LEVEL_OF_COLOUR = { red: "I", orange: "II", yellow: "III", blue: "IV" };
const ENDED = new Set(["ended", "recovering", "reviewed", "archived"]);

/** A warning response has a letter in place of a numeral: it is no emergency level. */
function badge(value, kind) {
  const level = LEVEL_OF_COLOUR[value] || value;
  const holder = document.createElement("span");
  holder.className = `map-badge map-badge-${kind} lv-${level || "none"}`;
  holder.append(levelShape(level || "none"));
  const numeral = document.createElement("b");
  numeral.textContent = kind === "response" && level !== value ? pgettext("letter of a warning response", "W") : level || "";
  holder.append(numeral);
  return holder;
}

/** The top of an area, on its own outline: the middle of several areas may lie in none of them. */
function northmost(geometry) {
  let top = [0, -90];
  for (const [lon, lat] of geometry.coordinates.flat(geometry.type === "Polygon" ? 1 : 2)) if (lat > top[1]) top = [lon, lat];
  return L.latLng(top[1], top[0]);
}

export class Incidents {
  #markers = new Map();
  #areas = new Map();
  #chosen = "";

  constructor(map, onClick, { keyboard = true, scale = 1 } = {}) {
    this.onClick = onClick;
    this.keyboard = keyboard;
    this.size = 30 * scale;
    map.createPane("incident-areas").style.zIndex = 425;
    map.createPane("incidents").style.zIndex = 650;
    this.areas = L.layerGroup().addTo(map);
    this.group = L.markerClusterGroup({
      maxClusterRadius: 26 * scale, showCoverageOnHover: false, spiderfyOnMaxZoom: true, zoomToBoundsOnClick: true, animate: false, clusterPane: "incidents",
      iconCreateFunction: (cluster) => L.divIcon({ className: "cluster", html: String(cluster.getChildCount()), iconSize: [36 * scale, 36 * scale] }),
    }).addTo(map);
  }

  load(collection) {
    const named = new Set(collection.features.map((feature) => String(feature.id)));
    for (const id of [...this.#markers.keys()]) if (!named.has(id)) this.#remove(id);
    for (const feature of collection.features) this.#put(feature.properties, feature.geometry?.coordinates);
  }

  /** A card of an event: moves, re-levels or removes; true when it is new here and has no place of its own. */
  take(card, visible) {
    const id = String(card.id);
    if (ENDED.has(card.status)) { this.#remove(id); return false; }
    const known = this.#markers.get(id);
    const at = card.point || (known && [known.marker.getLatLng().lng, known.marker.getLatLng().lat]);
    if (at && visible) this.#put(card, at);
    return !at;
  }

  #put(incident, at) {
    const id = String(incident.id);
    this.#remove(id);
    if (at) {
      const icon = L.divIcon({ className: `marker${id === this.#chosen ? " selected" : ""}`, html: badge(incident.response_level || incident.grade, incident.response_level ? "response" : "grade"), iconSize: [this.size, this.size] });
      const marker = L.marker([at[1], at[0]], { icon, pane: "incidents", title: plain(`${incident.ref} ${incident.title}`), alt: plain(incident.title), riseOnHover: true, keyboard: this.keyboard });
      marker.on("click", () => this.onClick(incident));
      marker.on("keypress", (event) => event.originalEvent.key === "Enter" && this.onClick(incident));
      this.#markers.set(id, { marker, incident });
      this.group.addLayer(marker);
    }
    if (incident.area) {
      const area = L.geoJSON(incident.area, { pane: "incident-areas", interactive: false, style: { className: `area-warning area-incident lv-${incident.response_level || incident.grade || "none"}` } });
      this.#areas.set(id, area);
      this.areas.addLayer(area);
    }
  }

  #remove(id) {
    const known = this.#markers.get(id);
    if (known) this.group.removeLayer(known.marker);
    this.#markers.delete(id);
    const area = this.#areas.get(id);
    if (area) this.areas.removeLayer(area);
    this.#areas.delete(id);
  }

  choose(id) {
    const before = this.#chosen;
    this.#chosen = String(id || "");
    for (const one of [before, this.#chosen]) {
      const known = this.#markers.get(one);
      if (known) this.#put(known.incident, [known.marker.getLatLng().lng, known.marker.getLatLng().lat]);
    }
  }

  place(id) {
    return this.#markers.get(String(id))?.marker.getLatLng() || null;
  }

  show(on, map) {
    for (const layer of [this.group, this.areas]) on ? layer.addTo(map) : layer.remove();
  }
}

/** The number and the event; of a message with several parts also which area this one is, and that it is to come. */
function titleOf({ ref, event, parts, area_desc: place, state }) {
  const words = [ref, event];
  if (parts > 1 && place) words.push(place);
  if (state === "coming") words.push(gettext("to come"));
  return words.join(" ");
}

export class Warnings {
  constructor(map, { keyboard = true, scale = 1 } = {}) {
    this.keyboard = keyboard;
    this.size = 26 * scale;
    map.createPane("warnings").style.zIndex = 426;
    map.createPane("warning-badges").style.zIndex = 640;
    this.group = L.layerGroup().addTo(map);
  }

  load(collection) {
    this.group.clearLayers();
    for (const { geometry, properties } of collection.features) {
      const level = LEVEL_OF_COLOUR[properties.colour] || "none";
      const area = L.geoJSON(geometry, { pane: "warnings", interactive: false, style: { className: `area-warning area-${properties.state} lv-${level}` } });
      this.group.addLayer(area);
      const bounds = area.getBounds();
      if (!bounds.isValid()) continue;
      const icon = L.divIcon({ className: "marker", html: badge(level, "warning"), iconSize: [this.size, this.size] });
      const where = northmost(geometry);
      const marker = L.marker(where, { icon, pane: "warning-badges", title: plain(titleOf(properties)), alt: plain(properties.event), keyboard: this.keyboard });
      const open = () => { location.assign(`/warnings/${properties.id}/`); };
      marker.on("click", open);
      marker.on("keypress", (event) => event.originalEvent.key === "Enter" && open());
      this.group.addLayer(marker);
    }
  }

  show(on, map) {
    on ? this.group.addTo(map) : this.group.remove();
  }
}
