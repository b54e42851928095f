// The state in which an assignment is shown at a moment: the browser's copy of the database's function
// (command/sql/shown.sql), for states that change by the clock alone. A test holds it to tests/cases/shown.json.

/** In the order of need: silence first. */
export const NEED = ["silent", "climbed", "called", "received", "answered_for", "passed_on", "in_place", "done", "verified", "called_off"];

/** Whether somebody else than the person called answered; both are ids or null. */
export const forAnother = (answeredBy, person) => answeredBy !== null && answeredBy !== person;

/** item: {status, climbed_to, due, for}; `due` and `at` in milliseconds, `for` as of forAnother. */
export function stateOf(item, at) {
  if (item.status === "called") {
    if (item.due > at) return "called";
    return item.climbed_to && item.climbed_to !== "remind" ? "climbed" : "silent";
  }
  return item.status === "received" && item.for ? "answered_for" : item.status;
}

/** Of counts by state, how many are past their time without an answer. */
export const pastDue = (counts) => (counts.silent || 0) + (counts.climbed || 0);
