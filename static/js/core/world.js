// The world that a page speaks of: what is real, or the exercise that it names (data-exercise beside data-live-seq).

/** The exercise of the page; empty for what is real. */
const exerciseOfPage = () => document.querySelector("[data-live-seq]")?.dataset.exercise ?? "";

/**
 * An address of ours that the page reads from, in the page's own world (`world_of_request` on the server). Acts need none:
 * what they are about belongs to an exercise by itself.
 */
export function inWorld(address, exercise = exerciseOfPage()) {
  const [path, hash] = address.split("#");
  if (!exercise || /[?&]exercise=/.test(path)) return address;
  const asked = `${path}${path.includes("?") ? "&" : "?"}exercise=${encodeURIComponent(exercise)}`;
  return hash === undefined ? asked : `${asked}#${hash}`;
}

/** Whether a live frame is of the same world; `exercise` is the page's, undefined or empty for what is real. */
export function sameWorld(frame, exercise) {
  return String(frame.exercise ?? "") === String(exercise ?? "");
}

/** A frame of another exercise, or of none, is not for this page. */
export function isOfThisPage(frame) {
  return sameWorld(frame, exerciseOfPage());
}
