// The small map on a warning's page: each part's area as issued over the townships it names. Works without a tile server.
import { json } from "../core/http.js";
import { named } from "../core/text.js";

const LEVEL_OF_COLOUR = { red: "I", orange: "II", yellow: "III", blue: "IV" };

function townshipName(feature) {
  const english = document.documentElement.lang.startsWith("en");
  const { name, name_en: nameInEnglish } = feature.properties;
  // An element: Leaflet takes a string for HTML.
  return named((english && nameInEnglish) || name);
}

function draw(element, collection) {
  const map = L.map(element, { attributionControl: false, zoomSnap: 0.5 });
  if (element.dataset.tiles) L.tileLayer(element.dataset.tiles).addTo(map);
  const of = (kind) => collection.features.filter((feature) => feature.properties.kind === kind);
  const townships = L.geoJSON(of("township"), {
    style: () => ({ className: "area area-township" }),
    onEachFeature: (feature, layer) => layer.bindTooltip(townshipName(feature), { permanent: true, direction: "center", className: "map-name map-name-township" }),
  }).addTo(map);
  const area = L.geoJSON(of("warning"), {
    style: ({ properties }) => ({ className: `area-warning area-${properties.state} lv-${LEVEL_OF_COLOUR[properties.colour] || "none"}` }),
  }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const shown = townships.getLayers().length ? townships.getBounds().extend(area.getBounds()) : area.getBounds();
  const near = townships.getLayers().length ? townships.getBounds() : shown;
  map.fitBounds(shown.contains(near) && townships.getLayers().length ? near.pad(0.2) : shown.pad(0.1));
}

async function start(element) {
  try {
    draw(element, await json(element.dataset.src, { headers: { Accept: "application/geo+json" } }));
  } catch {
    element.textContent = gettext("The map could not be loaded.");
  }
}

for (const element of document.querySelectorAll("[data-warning-map]")) start(element);
