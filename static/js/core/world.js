// The world that a page speaks of: what is real, or the exercise that it names (data-exercise beside data-live-seq).

/** Whether a live frame is of the same world; `exercise` is the page's, undefined or empty for what is real. */
export function sameWorld(frame, exercise) {
  return String(frame.exercise ?? "") === String(exercise ?? "");
}

/** A frame of another exercise, or of none, is not for this page. */
export function isOfThisPage(frame) {
  return sameWorld(frame, document.querySelector("[data-live-seq]")?.dataset.exercise);
}
