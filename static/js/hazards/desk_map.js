// Hazards on the map: clusters show their worst and how many are overdue; a marker's card is fetched when it is opened.
import { ask, json } from "../core/http.js";
import { shortNameOf } from "../map/names.js";

const HOME = [27.62, 119.06];

// The same shapes as in the legend: a triangle, a disc, a ring.
function glyph(grade) {
  const shape = document.createElement("span");
  shape.className = `hz-glyph dot-${grade || "none"}`;
  return shape;
}

function ground(map, approximate) {
  const layer = L.geoJSON(null, { interactive: false, style: (feature) => ({ className: `area area-${feature.properties.level}` }) }).addTo(map);
  const done = json("/api/v1/map/units.geojson?zoom=11").then((data) => {
    layer.addData(data);
    for (const { properties } of data.features) name(map, properties);
    if (data.features.some(({ properties }) => properties.approximate)) note(map.getContainer(), approximate);
  }).catch(() => layer);
  return { layer, done };
}

function name(map, unit) {
  if (unit.level !== "township" || !unit.seat) return;
  const label = document.createElement("span");
  label.textContent = shortNameOf(unit);
  const icon = L.divIcon({ className: "map-name hz-name", html: label, iconSize: null });
  L.marker([unit.seat[1], unit.seat[0]], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
}

function note(element, text) {
  const line = document.createElement("p");
  line.className = "map-note";
  line.textContent = text;
  element.append(line);
}

function mapOf(element, centre, zoom) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, { attributionControl: false, zoomAnimation: !calm, maxZoom: 18, minZoom: 7 }).setView(centre, zoom);
  if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 18, className: "tiles" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  return map;
}

// The whole queue ----------------------------------------------------------

function cluster(group) {
  const markers = group.getAllChildMarkers();
  const late = markers.filter((marker) => marker.options.late).length;
  const major = markers.some((marker) => marker.options.grade === "major");
  const holder = document.createElement("span");
  holder.className = `hz-cluster${major ? " has-major" : ""}${late ? " has-late" : ""}`;
  const number = document.createElement("b");
  number.textContent = markers.length;
  holder.append(number);
  if (late) {
    const badge = document.createElement("i");
    badge.textContent = late;
    badge.title = interpolate(gettext("%(n)s overdue"), { n: late }, true);
    holder.append(badge);
  }
  const size = markers.length < 10 ? 34 : markers.length < 100 ? 40 : 48;
  return L.divIcon({ className: "hz-cluster-icon", html: holder, iconSize: [size, size] });
}

function markerOf(feature) {
  const { grade, late, ref } = feature.properties;
  const [lon, lat] = feature.geometry.coordinates;
  const icon = L.divIcon({ className: `marker hz-marker${late ? " is-late" : ""}`, html: glyph(grade), iconSize: [20, 20] });
  const title = late ? interpolate(gettext("%(ref)s, overdue"), { ref }, true) : ref;
  return L.marker([lat, lon], { icon, title, alt: title, late, grade, id: feature.id });
}

async function card(element, marker) {
  const url = element.dataset.card.replace("/0/", `/${marker.options.id}/`);
  const answer = await ask(url, { expects: "html" });
  marker.setPopupContent(answer.kind === "ok" ? answer.text : gettext("This could not be loaded. Close and open it to try again."));
}

async function startQueue(element) {
  const map = mapOf(element, HOME, 10);
  const { layer, done } = ground(map, element.dataset.approximate);
  const group = L.markerClusterGroup({ maxClusterRadius: 44, showCoverageOnHover: false, animate: false, chunkedLoading: true, iconCreateFunction: cluster }).addTo(map);
  group.on("click", (event) => {
    const marker = event.propagatedFrom || event.layer;
    if (!marker.getPopup()) marker.bindPopup("…", { minWidth: 220, maxWidth: 320 });
    marker.openPopup();
    card(element, marker);
  });
  try {
    const found = await json(element.dataset.layer);
    group.addLayers(found.features.map(markerOf));
    const count = document.querySelector("[data-map-count]");
    if (count) count.textContent = interpolate(ngettext("%(n)s hazard", "%(n)s hazards", found.features.length), { n: found.features.length }, true);
    if (found.features.length) map.fitBounds(group.getBounds().pad(0.08), { animate: false, maxZoom: 14 });
    else await done.then(() => layer.getBounds().isValid() && map.fitBounds(layer.getBounds(), { animate: false }));
  } catch {
    element.dispatchEvent(new CustomEvent("sanji:missed", { bubbles: true }));
    note(element, gettext("The map could not be loaded."));
  }
}

// One ticket ---------------------------------------------------------------

function startTicket(element) {
  const [lon, lat] = element.dataset.point.split(",").map(Number);
  const map = mapOf(element, [lat, lon], 13);
  map.scrollWheelZoom.disable();
  ground(map, element.dataset.approximate);
  const accuracy = Number(element.dataset.accuracy);
  if (accuracy) L.circle([lat, lon], { radius: accuracy, className: "hz-accuracy", interactive: false }).addTo(map);
  const icon = L.divIcon({ className: "marker hz-marker", html: glyph(element.dataset.grade), iconSize: [26, 26] });
  L.marker([lat, lon], { icon, keyboard: false, interactive: false }).addTo(map);
}

if (window.L) {
  const whole = document.getElementById("hazard-map");
  const one = document.getElementById("ticket-map");
  if (whole) startQueue(whole);
  if (one) startTicket(one);
}
