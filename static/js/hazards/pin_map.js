// The pin of a report on a small map: a circle says how exact the phone was, and the pin can be dragged. Without tiles,
// and without a connection, there are still the pin, the circle and the scale.
import { json } from "../core/http.js";
import { icon } from "../core/icon.js";

const COUNTY = [27.62, 119.06];

export class PinMap {
  /** `moved([lon, lat])` when a hand has set the pin; what the phone measured comes through `show`. */
  constructor(holder, { tiles = "", moved }) {
    Object.assign(this, { holder, moved, marker: null, circle: null });
    this.map = L.map(holder, { attributionControl: false }).setView(COUNTY, 10);
    if (tiles) L.tileLayer(tiles).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    this.map.on("click", (event) => this.set(event.latlng));
    holder.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.set(this.map.getCenter());
    });
    this.borders();
  }

  set(at) {
    this.draw([at.lng, at.lat], null);
    this.moved([at.lng, at.lat]);
  }

  /** Shows a point and its accuracy in metres, or none; `look` brings it into view. */
  show(point, accuracy = null, { look = true } = {}) {
    this.map.invalidateSize();
    this.draw(point, accuracy);
    if (!look) return;
    if (!point) this.map.setView(COUNTY, 10);
    else if (this.circle) this.map.fitBounds(this.circle.getBounds().pad(0.5), { maxZoom: 17 });
    else this.map.setView([point[1], point[0]], Math.max(this.map.getZoom(), 15));
  }

  draw(point, accuracy) {
    this.marker?.remove();
    this.circle?.remove();
    this.marker = this.circle = null;
    if (!point) return;
    const at = L.latLng(point[1], point[0]);
    if (accuracy) this.circle = L.circle(at, { radius: accuracy, className: "hz-accuracy", interactive: false }).addTo(this.map);
    const pin = L.divIcon({ className: "marker picker-marker", html: "", iconSize: [28, 28], iconAnchor: [14, 26] });
    this.marker = L.marker(at, { icon: pin, keyboard: false, draggable: true, autoPan: true }).addTo(this.map);
    this.marker.getElement().append(icon("map-pin"));
    this.marker.on("dragend", () => this.set(this.marker.getLatLng()));
  }

  async borders() {
    const layer = L.geoJSON(null, { interactive: false, style: (feature) => ({ className: `area area-${feature.properties.level}` }) }).addTo(this.map);
    const load = async () => {
      try {
        const data = await json(`/api/v1/map/units.geojson?bbox=${this.map.getBounds().toBBoxString()}&zoom=${this.map.getZoom()}`, { quiet: true });
        layer.clearLayers();
        layer.addData(data);
      } catch {
        // Offline: the pin needs no borders.
      }
    };
    this.map.on("moveend", () => navigator.onLine && load());
  }
}

/** Where the phone is: {point, accuracy}. Rejects with the sentence to tell. */
export function whereAmI() {
  return new Promise((resolve, reject) => {
    if (!window.isSecureContext) {
      reject(new Error(gettext("Over plain HTTP the phone does not tell its place. Set the pin by hand.")));
      return;
    }
    if (!navigator.geolocation) {
      reject(new Error(gettext("This device does not tell its place. Set the pin by hand.")));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ point: [coords.longitude, coords.latitude], accuracy: Math.max(1, Math.round(coords.accuracy)) }),
      (error) => reject(new Error(error.code === 1
        ? gettext("The phone may not tell its place: allow it in the browser, or set the pin by hand.")
        : gettext("No position found. Go into the open and try again, or set the pin by hand."))),
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 10000 },
    );
  });
}
