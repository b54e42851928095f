// A new incident: the place is picked on a map, drafts are kept, and the form is sent once.
import { keepDraft } from "../core/draft.js";
import { json } from "../core/http.js";
import { sendOnce } from "../core/once.js";
import { toast } from "../core/toast.js";

const form = document.querySelector("form[data-once]");
const holder = document.querySelector("[data-point-picker]");
const input = document.getElementById(holder?.dataset.pointPicker);
const shown = document.querySelector("[data-point-shown]");
let map = null;
let marker = null;

function pointOf(text) {
  const [lon, lat] = text.split(",").map(Number);
  return text && Number.isFinite(lon) && Number.isFinite(lat) ? [lat, lon] : null;
}

function icon() {
  return L.divIcon({ className: "marker picker-marker", html: "", iconSize: [28, 28], iconAnchor: [14, 26] });
}

/** Writes the point where the form, the map and the reader see it. */
function setPoint(at, { move = false } = {}) {
  input.value = at ? `${at[1].toFixed(6)},${at[0].toFixed(6)}` : "";
  shown.value = at ? `${at[0].toFixed(5)}° N ${at[1].toFixed(5)}° E` : gettext("No place set");
  marker?.remove();
  marker = at && map ? L.marker(at, { icon: icon(), keyboard: false, draggable: true }).addTo(map) : null;
  marker?.on("dragend", () => { const p = marker.getLatLng(); setPoint([p.lat, p.lng]); });
  if (marker) marker.getElement().append(pin());
  if (at && move) map?.setView(at, Math.max(map.getZoom(), 13));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function pin() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.documentElement.dataset.sprite}#map-pin`);
  svg.append(use);
  return svg;
}

async function drawUnits() {
  const layer = L.geoJSON(null, { interactive: false, style: (f) => ({ className: `area area-${f.properties.level}` }) }).addTo(map);
  const load = async () => {
    const b = map.getBounds();
    const url = `/api/v1/map/units.geojson?bbox=${b.toBBoxString()}&zoom=${map.getZoom()}`;
    try {
      const data = await json(url);
      layer.clearLayers();
      layer.addData(data);
    } catch {
      // Without boundaries the point can still be set.
    }
  };
  map.on("moveend", load);
  load();
}

function startMap() {
  const start = pointOf(input.value);
  const centre = start || [27.62, 119.06];
  map = L.map(holder, { attributionControl: false, zoomControl: true }).setView(centre, start ? 13 : 9);
  map.on("click", (event) => setPoint([event.latlng.lat, event.latlng.lng]));
  holder.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const at = map.getCenter();
    setPoint([at.lat, at.lng]);
  });
  drawUnits();
  setPoint(start);
}

function start() {
  document.querySelector("[data-point-clear]").addEventListener("click", () => setPoint(null));
  document.querySelector("[data-point-here]").addEventListener("click", () => {
    navigator.geolocation?.getCurrentPosition(
      (found) => setPoint([found.coords.latitude, found.coords.longitude], { move: true }),
      () => toast(gettext("This device does not tell its place."), { tone: "warn" }),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
  if (keepDraft(form, { restoring: !location.search })) {
    form.querySelector("[data-draft-state]").textContent = gettext("Your draft was restored.");
  }
  if (window.L) startMap();
  sendOnce(form);
}

if (form) start();
