// The incident's own map: its area and point, and the units coloured by how they answer.
import { levelShape } from "./icon.js";

const holder = document.getElementById("incident-map");

function pointOf(text) {
  if (!text) return null;
  const [lon, lat] = text.split(",").map(Number);
  return [lat, lon];
}

async function fetchLayer(name, map, incident) {
  const url = `/api/v1/map/${name}.geojson?bbox=${map.getBounds().toBBoxString()}&zoom=${map.getZoom()}&incident=${incident}`;
  const answer = await fetch(url, { credentials: "same-origin" });
  return answer.ok ? answer.json() : { type: "FeatureCollection", features: [] };
}

function markerOf(level) {
  const icon = L.divIcon({ className: "marker", html: "", iconSize: [24, 24] });
  return { icon, shape: levelShape(level || "none") };
}

function start() {
  const { incident, level, area, title } = holder.dataset;
  const at = pointOf(holder.dataset.point);
  const map = L.map(holder, { attributionControl: false }).setView(at || [27.62, 119.06], at ? 12 : 10);
  const units = L.geoJSON(null, { interactive: false, style: (f) => ({ className: `area area-${f.properties.level}` }) }).addTo(map);
  const states = L.geoJSON(null, {
    style: (f) => ({ className: `area area-${f.properties.level || "village"} st-${f.properties.state || f.properties.status || "not_called"}` }),
    pointToLayer: (f, where) => L.circleMarker(where, { radius: 6, className: `area st-${f.properties.state || f.properties.status || "not_called"}` }),
    onEachFeature: (f, layer) => { const name = f.properties.name || f.properties.unit_name; if (name) layer.bindTooltip(String(name)); },
  }).addTo(map);
  if (area) {
    const shape = L.geoJSON(JSON.parse(area), { interactive: false, style: { className: `area-warning lv-${level || "none"}` } }).addTo(map);
    map.fitBounds(shape.getBounds(), { padding: [24, 24], animate: false });
  }
  if (at) {
    const { icon, shape } = markerOf(level);
    const marker = L.marker(at, { icon, title, alt: title }).addTo(map);
    marker.getElement().append(shape);
  }
  const load = () => {
    fetchLayer("units", map, incident).then((data) => { units.clearLayers(); units.addData(data); }).catch(() => {});
    fetchLayer("assignments", map, incident).then((data) => { states.clearLayers(); states.addData(data); }).catch(() => {});
  };
  map.on("moveend", load);
  document.addEventListener("sanji:settled", load);
  load();
}

if (holder && window.L) start();
