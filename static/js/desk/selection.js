// The selection as query parameters of the page: ?incident=ID&unit=CODE&show=silent|overdue. Selecting anywhere selects
// everywhere.

const hearers = new Set();
const NAMES = ["incident", "unit", "show"];

function read() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) || ""]));
}

let current = read();

export function selection() {
  return current;
}

/** Calls back with (selection, what it was before) after every change. */
export function onSelect(callback) {
  hearers.add(callback);
  return () => hearers.delete(callback);
}

function tell(before) {
  for (const callback of hearers) callback(current, before);
}

/** The query of the selection, for addresses of fragments. */
export function query(names = NAMES) {
  const parts = new URLSearchParams();
  for (const name of names) if (current[name]) parts.set(name, current[name]);
  return parts.toString();
}

/** Changes part of the selection. Going back undoes it. */
export function choose(change) {
  const before = current;
  const next = { ...before, ...change };
  if (NAMES.every((name) => next[name] === before[name])) return;
  current = next;
  const rest = query();
  history.pushState(null, "", rest ? `${location.pathname}?${rest}` : location.pathname);
  tell(before);
}

addEventListener("popstate", () => {
  const before = current;
  current = read();
  tell(before);
});
