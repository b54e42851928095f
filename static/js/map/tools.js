// The map's tools: zoom, whole county, measure, locate, full screen, print.
import { toast } from "../core/toast.js";

const far = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

function measured(points) {
  let metres = 0;
  for (let i = 1; i < points.length; i += 1) metres += points[i - 1].distanceTo(points[i]);
  return metres < 1000 ? `${Math.round(metres)} m` : `${far.format(metres / 1000)} km`;
}

/** Click by click along a line; Escape or the button again ends it. */
function measuring(map, frame, button) {
  const output = frame.querySelector("[data-map-measure]");
  const line = L.polyline([], { className: "measure-line", interactive: false });
  let on = false;
  const add = (event) => {
    line.addLatLng(event.latlng);
    output.textContent = measured(line.getLatLngs());
  };
  return () => {
    on = !on;
    button.setAttribute("aria-pressed", String(on));
    frame.classList.toggle("measuring", on);
    output.hidden = !on;
    if (on) {
      line.setLatLngs([]).addTo(map);
      output.textContent = gettext("Click along the way");
      map.on("click", add);
    } else {
      line.remove();
      map.off("click", add);
    }
    return on;
  };
}

function locate(map) {
  map.locate({ setView: true, maxZoom: 14, enableHighAccuracy: true, timeout: 10_000 });
}

async function fullScreen(frame, button) {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await frame.requestFullscreen();
  } catch {
    toast(gettext("This browser does not allow full screen."), { tone: "warn" }); // an old iPhone's lacks it
  }
  button.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
}

/** `home` shows the whole county; `picking` toggles the choice of townships. */
export function startTools(map, frame, { home, picking }) {
  const button = (name) => frame.querySelector(`[data-tool="${name}"]`);
  const measure = measuring(map, frame, button("measure"));
  const run = {
    in: () => map.zoomIn(1), out: () => map.zoomOut(1), home, measure, locate: () => locate(map),
    select: () => picking(button("select")), full: () => fullScreen(frame, button("full")), print: () => print(),
  };
  let here = null;
  frame.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]");
    if (tool) run[tool.dataset.tool]?.();
  });
  map.on("locationfound", (event) => {
    here?.remove();
    here = L.circleMarker(event.latlng, { radius: 7, className: "here" }).addTo(map);
  });
  map.on("locationerror", () => toast(gettext("Your place could not be found. The browser or the device does not allow it."), { tone: "warn" }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && frame.classList.contains("measuring")) measure();
  });
  document.addEventListener("fullscreenchange", () => {
    button("full")?.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
    map.invalidateSize();
  });
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
}
