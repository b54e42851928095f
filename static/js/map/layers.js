// Fetching the map's layers: one at a time each, only what changed (ETag), and honest about what could not be had.
import { heedClock, hold, liveCursor, release } from "../live.js";

const running = new Map();
const RETRY = 5_000;

/** The FeatureCollection of a layer, or null when it could not be had (then it is tried again and `again` is called). */
export async function layer(name, parameters, again = null) {
  running.get(name)?.abort();
  const abort = new AbortController();
  running.set(name, abort);
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== "" && value != null));
  const seqBefore = liveCursor();
  const sentAt = Date.now();
  try {
    const answer = await fetch(`/api/v1/map/${name}.geojson?${query}`, { signal: abort.signal });
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    heedClock(answer, sentAt);
    const collection = await answer.json();
    release(`map ${name}`);
    return { ...collection, seqBefore };
  } catch (error) {
    if (error.name === "AbortError") return null;
    hold(`map ${name}`);
    if (again) setTimeout(again, RETRY);
    return null;
  }
}

/** Calls `run` at once, and of the calls that follow within `pause` only the last, when it is over. */
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
