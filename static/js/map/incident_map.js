// The incident's own map: its area and point, and the villages coloured by how they answer.
import { json } from "../core/http.js";
import { levelShape } from "../core/icon.js";
import { nameOf } from "./names.js";
import { named, plain } from "../core/text.js";

const holder = document.getElementById("incident-map");

function pointOf(text) {
  if (!text) return null;
  const [lon, lat] = text.split(",").map(Number);
  return [lat, lon];
}

/** Answers by unit code: {state, words for the tooltip}. */
async function fetchAnswers(incident) {
  const { features } = await json(`/api/v1/map/assignments.geojson?incident=${incident}`);
  return new Map(features.map((feature) => [feature.properties.unit, feature.properties]));
}

function fetchUnits(map) {
  return json(`/api/v1/map/units.geojson?bbox=${map.getBounds().toBBoxString()}&zoom=${map.getZoom()}`);
}

function dress(feature, answers) {
  const { level, code } = feature.properties;
  const state = level === "village" ? answers.get(code)?.state || "not_called" : "";
  return { className: `area area-${level}${state ? ` st-${state}` : ""}`, interactive: Boolean(answers.get(code)) };
}

function placeIncident(map, at) {
  const { level, area, title } = holder.dataset;
  if (area) {
    const style = { className: `area-warning lv-${level || "none"}` };
    const shape = L.geoJSON(JSON.parse(area), { interactive: false, style }).addTo(map);
    map.fitBounds(shape.getBounds(), { padding: [24, 24], animate: false });
  }
  if (at) {
    const icon = L.divIcon({ className: "marker", html: "", iconSize: [28, 28] });
    const marker = L.marker(at, { icon, title: plain(title), alt: plain(title), zIndexOffset: 1000 }).addTo(map);
    marker.getElement().append(levelShape(level || "none"));
  }
}

function start() {
  const at = pointOf(holder.dataset.point);
  const map = L.map(holder, { attributionControl: false }).setView(at || [27.62, 119.06], at ? 11 : 9);
  let answers = new Map();
  const units = L.geoJSON(null, {
    style: (feature) => dress(feature, answers),
    onEachFeature: (feature, layer) => {
      if (feature.properties.level === "village") layer.bindTooltip(named(nameOf(feature.properties)), { sticky: true });
    },
  }).addTo(map);
  placeIncident(map, at);
  let round = 0;
  const load = async () => {
    const mine = ++round;
    try {
      const [found, data] = await Promise.all([fetchAnswers(holder.dataset.incident), fetchUnits(map)]);
      if (mine !== round) return;
      answers = found;
      units.clearLayers();
      units.addData(data);
    } catch {
      // The last drawing stays; the badge of the page says how old everything is.
    }
  };
  map.on("moveend", load);
  document.addEventListener("sanji:settled", (event) => event.target.id === "incident-live" && load());
  load();
}

if (holder && window.L) start();
