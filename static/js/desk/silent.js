// The silent list: who answers goes at once, by the event's own card; who becomes silent comes without an event, when the
// time of the answer passes, so the list is asked for then.
import { onFrame } from "../core/live.js";
import { refresh } from "../core/fragments.js";

const part = () => document.getElementById("silent");

/** Somebody answered or was called off: the row goes, and the fragment follows with the true count. */
function heed(frame) {
  if (frame.card?.type !== "assignment" || frame.card.status === "called") return;
  document.getElementById(`silent-${frame.card.id}`)?.remove();
}

export function startSilent() {
  if (part()) onFrame(heed);
}

/** Somebody has just become silent. */
export function refreshSilent() {
  if (part()) refresh(part());
}
