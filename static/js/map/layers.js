// Fetching the map's layers: one at a time each, only what changed (ETag), and honest about what could not be had.
import { heed } from "../core/clock.js";
import { ask } from "../core/http.js";
import { hold, liveCursor, release } from "../core/live.js";

const running = new Map();
const RETRY = 5_000;
const PATIENCE = 60_000; // boundaries of a whole county over a thin line

/** The FeatureCollection of a layer, or null when it could not be had (then it is tried again and `again` is called). */
export async function layer(name, parameters, again = null) {
  running.get(name)?.abort();
  const abort = new AbortController();
  running.set(name, abort);
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== "" && value != null));
  const seqBefore = liveCursor();
  const answer = await ask(`/api/v1/map/${name}.geojson?${query}`, { expects: "json", signal: abort.signal, cache: "no-cache", timeout: PATIENCE });
  if (answer.aborted) return null;
  if (answer.kind !== "ok" || answer.data?.type !== "FeatureCollection" || !Array.isArray(answer.data.features)) {
    hold(`map ${name}`);
    if (again) setTimeout(again, RETRY);
    return null;
  }
  heed(answer.header("X-Sanji-Now"));
  release(`map ${name}`);
  return { ...answer.data, seqBefore };
}

/** Throttle: calls `run` at once, and of the calls that follow within `pause` only the last, when it is over. */
export function soon(run, pause = 150) {
  let timer = 0;
  let again = false;
  const rest = () => {
    timer = 0;
    if (again) go();
  };
  const go = () => {
    again = false;
    timer = setTimeout(rest, pause);
    run();
  };
  return () => {
    if (timer) again = true;
    else go();
  };
}
