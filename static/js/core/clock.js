// The server's clock, shown with seconds. A county's screens must agree, and a device's clock may be wrong or be set while
// the page is open: time goes on by the browser's monotonic clock from what the server has said of its own.

const KEPT = 65_000;

let offset = Date.now() - performance.now(); // the device's word, until the server's has come
let heard = [];

/** Milliseconds since the epoch by the server's clock. */
export function now() {
  return performance.now() + offset;
}

/**
 * Takes a time that the server has told (ISO string or milliseconds), received `at` by performance.now(). It was told some
 * time before: of what was heard within a minute the latest is nearest to the truth.
 */
export function heed(value, at = performance.now()) {
  const stamp = typeof value === "number" ? value : Date.parse(value);
  if (!Number.isFinite(stamp)) return;
  heard = [...heard.filter((one) => one.at > at - KEPT && one.at <= at), { at, offset: stamp - at }];
  offset = Math.max(...heard.map((one) => one.offset));
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
  const [page] = performance.getEntriesByType("navigation");
  heed(document.documentElement.dataset.serverNow, page?.responseStart || performance.now());
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
