// What the modules find in a browser, for tests in Node: a document, an IndexedDB, a localStorage and a server that answers
// as the test says. Import it before the module under test; each test file is a process of its own.
import "fake-indexeddb/auto";
import { parseHTML } from "linkedom";

const { window, document, CustomEvent } = parseHTML("<!DOCTYPE html><html lang='en' data-me='7'><body></body></html>");

class Storage {
  getItem(key) { return Object.hasOwn(this, key) ? this[key] : null; }
  setItem(key, value) { this[key] = String(value); }
  removeItem(key) { delete this[key]; }
}

const WindowEvent = globalThis.Event; // Node's, which its EventTarget takes
const listeners = new EventTarget();
const said = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const globals = {
  window, document, CustomEvent, Event: window.Event, localStorage: new Storage(), sessionStorage: new Storage(),
  location: { origin: "http://sanji.test", href: "http://sanji.test/orders/", pathname: "/orders/", search: "", assign() {} },
  addEventListener: listeners.addEventListener.bind(listeners),
  CSS: { escape: (text) => text.replace(/[^\w-]/g, (one) => `\\${one}`) },
  gettext: (text) => text, pgettext: (_, text) => text, ngettext: (one, many, n) => (n === 1 ? one : many), interpolate: said,
};
const CLASSES = ["Node", "Document", "DocumentFragment", "Element", "HTMLElement", "HTMLInputElement", "HTMLOptionElement", "HTMLTextAreaElement"];
for (const name of CLASSES) globals[name] = window[name];
for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
window.localStorage = globals.localStorage;
document.cookie = "";

/** What happens to the window: "online", "pageshow". */
export function announce(name) {
  listeners.dispatchEvent(new WindowEvent(name));
}

/** Element made of `html`, in the page. */
export function place(html) {
  document.body.innerHTML = html;
  return document.body.firstElementChild;
}

/** An answer as our server gives it; `foreign`: without its mark. */
export function answer(status, body = "", { headers = {}, foreign = false } = {}) {
  const json = typeof body !== "string";
  const all = { "Content-Type": json ? "application/json" : "text/html", ...(foreign ? {} : { "X-Sanji": "1" }), ...headers };
  const lower = Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    status, type: "basic", redirected: false, url: "http://sanji.test/x/", headers: { get: (name) => lower[name.toLowerCase()] ?? null },
    text: async () => (json ? JSON.stringify(body) : body),
  };
}

/** Has `reply(url, options)` answer what is asked from now on; gives the list of what was asked. */
export function serve(reply) {
  const asked = [];
  globalThis.fetch = async (url, options) => {
    asked.push({ url, ...options });
    const found = await reply(url, options, asked.length);
    if (!found) throw new TypeError("no network");
    return found;
  };
  return asked;
}

/** Waits until `found()` is true; the test's own deadline ends it. */
export async function until(found) {
  while (!(await found())) await new Promise((resolve) => { setImmediate(resolve); });
}
