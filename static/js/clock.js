// The server's clock, shown with seconds. A county's screens must agree, so the offset between this machine and the
// server is taken once from the page and again from every answer that carries a Date header through setServerTime().

let offset = 0;

/** Milliseconds since the epoch by the server's clock. */
export function now() {
  return Date.now() + offset;
}

/** Corrects the offset from a server time (Date, ISO string or milliseconds). */
export function setServerTime(value) {
  const at = value instanceof Date ? value.getTime() : typeof value === "number" ? value : Date.parse(value);
  if (Number.isFinite(at)) offset = at - Date.now();
}

const beats = new Set();

/** Calls back once a second, on the server's second, and at once. Returns a function that stops it. */
export function everySecond(callback) {
  beats.add(callback);
  callback(now());
  return () => beats.delete(callback);
}

function beat() {
  const at = now();
  for (const callback of beats) callback(at);
  setTimeout(beat, 1000 - (now() % 1000) + 5);
}

const zone = "Asia/Shanghai";

export function startClock() {
  const stamp = document.documentElement.dataset.serverNow;
  // Within two seconds the difference is the page's own travel time; correcting it would make the clock jump.
  if (stamp && Math.abs(Date.parse(stamp) - Date.now()) > 2000) setServerTime(stamp);
  const locale = document.documentElement.lang || "zh-Hans";
  const time = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const date = new Intl.DateTimeFormat(locale, { timeZone: zone, month: "short", day: "numeric", weekday: "short" });
  const write = (selector, text) => {
    for (const element of document.querySelectorAll(selector)) if (element.textContent !== text) element.textContent = text;
  };
  everySecond((at) => {
    write("[data-clock='time']", time.format(at));
    write("[data-clock='date']", date.format(at));
  });
  beat();
}
