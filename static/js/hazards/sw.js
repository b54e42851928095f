// The service worker of the phone's hazard page, served at /sw.js with SHELL written above it: {version, page, assets}.
// It keeps that one page's empty shell and nothing else: the shell is fetched without cookies, so that it can hold
// nobody's data. Everything else goes to the network untouched. Signing out clears it. It also shows the system's
// notifications: of alarms that a page tells (outside.js), and of what the server pushes while no page is open
// (notify/gateways/webpush); and brings who presses one to what it is about.

const CACHE = `sanji-shell-${SHELL.version}`;
const WHO = "sanji-who";
const PATIENCE = 5000;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const ANY = { ignoreVary: true };
// Asked of the storage as a whole: opening a cache that was cleared would make it anew.
const IN_SHELL = { ...ANY, cacheName: CACHE };
const shellOf = (language) => `/hazards/shell/${language}/`;

async function fill() {
  const cache = await caches.open(CACHE);
  const keep = async (address, language) => {
    if (await cache.match(address, ANY)) return;
    const headers = { "Accept-Language": language };
    const answer = await fetch(address, { credentials: "omit", cache: "no-cache", redirect: "error", headers });
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
    await cache.put(address, answer);
  };
  await Promise.all([
    ...SHELL.languages.flatMap((language) => [keep(shellOf(language), language), keep(`${SHELL.catalogue}?lang=${language}`, language)]),
    ...SHELL.assets.map((address) => keep(address, SHELL.languages[0])),
  ]);
}

async function forget(keeping = () => false) {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("sanji-") && !keeping(name)).map((name) => caches.delete(name)));
}

/** Whose page it is: {person, language, theme}, written by the page when the server said so. Gone after signing out. */
async function who() {
  const kept = await caches.match("/hazards/who", { cacheName: WHO });
  return kept ? kept.json() : null;
}

function patient(request) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("too slow")), PATIENCE);
    fetch(request).then(resolve, reject);
  });
}

/** Network first, then cache: the shell when nothing answers in time, or only a gateway does. */
async function page(request) {
  const person = await who();
  const shell = person && (await caches.match(shellOf(person.language), IN_SHELL));
  if (!shell) return fetch(request);
  try {
    const answer = await patient(request);
    return answer.status >= 502 && answer.status <= 504 ? shell : answer;
  } catch {
    return shell;
  }
}

async function asset(request) {
  const kept = await caches.match(request.url, IN_SHELL);
  if (kept && HASHED.test(new URL(request.url).pathname)) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

/** Only a phone that files hazards keeps the shell: it asks for it ("fill"). A newer worker keeps it up where it is kept. */
async function renew() {
  const names = await caches.keys();
  if (names.some((name) => name.startsWith("sanji-shell-"))) await fill();
}

/** The window that shows it already comes to the front; no other is led away from what somebody may be writing there. */
async function go(address) {
  const wanted = new URL(address || SHELL.start, self.location.origin);
  if (wanted.origin !== self.location.origin) return null;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find(({ url }) => new URL(url).pathname === wanted.pathname) || (address ? null : windows[0]);
  return there ? there.focus() : self.clients.openWindow(wanted.href);
}

/** What was told to one person is not left on the screen for the next. */
async function unsay() {
  for (const note of await self.registration.getNotifications()) note.close();
}

/**
 * What the server pushed: {title, text, lang, url, tag, about, urgent}, in the person's language. A page may have told the
 * same in more words: these stay. Older ones about the same subject go. A browser wants each push to be shown.
 */
async function say(pushed) {
  let told = null;
  try {
    told = pushed?.json();
  } catch {
    // not ours, or cut off
  }
  const { title, text, lang, url, tag, about, urgent } = told || {};
  const there = await self.registration.getNotifications();
  const same = there.find((note) => tag && note.tag === tag);
  for (const note of there) if (about && note !== same && note.data?.about === about) note.close();
  await self.registration.showNotification(title || "Sanji", {
    body: same?.body || text || "", lang: lang || "", tag: tag || "sanji", requireInteraction: urgent === true,
    data: { url: url || "", about: about || "" }, icon: SHELL.icon, ...(urgent === true && { vibrate: [400, 200, 400] }),
  });
}

self.addEventListener("push", (event) => event.waitUntil(say(event.data)));

self.addEventListener("install", (event) => event.waitUntil(renew().then(() => self.skipWaiting())));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(go(event.notification.data?.url));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forget((name) => name === CACHE || name === WHO).then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data !== "fill") return;
  event.waitUntil(fill().then(() => event.source.postMessage("filled"), () => event.source.postMessage("not filled")));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname === SHELL.logout) {
    event.waitUntil(Promise.all([forget(), unsay()]));
  } else if (request.method === "GET" && request.mode === "navigate") {
    if (url.pathname === SHELL.page) event.respondWith(page(request));
  } else if (request.method === "GET" && (SHELL.assets.includes(url.pathname) || url.pathname === SHELL.catalogue)) {
    event.respondWith(asset(request));
  }
});
