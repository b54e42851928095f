// Who this page belongs to, and the service worker that lets it open without a connection. Over plain HTTP away from
// localhost browsers offer neither; then the page belongs to whoever the server said, and has to stay open.

const WHO = "sanji-who";
const KEY = "/hazards/who";
const can = () => "caches" in window && "serviceWorker" in navigator;

/** The id of the person: the server's word, else what the server said last time before the connection was lost. */
export async function whose(root) {
  if (root.dataset.person) {
    const theme = document.documentElement.dataset.bsTheme || "";
    if (can()) await remember({ person: root.dataset.person, language: root.dataset.language, theme });
    return root.dataset.person;
  }
  if (!can()) return "";
  const kept = await (await caches.open(WHO)).match(KEY);
  const found = kept ? await kept.json() : {};
  if (found.theme) document.documentElement.dataset.bsTheme = found.theme;
  return found.person || "";
}

async function remember(who) {
  await (await caches.open(WHO)).put(KEY, new Response(JSON.stringify(who), { headers: { "Content-Type": "application/json" } }));
}

/** Caches the page's shell in the service worker; `told(true)` once the page opens offline, `told(false)` if it will not. */
export async function startWorker(root, told) {
  if (!can()) { told(false); return; }
  navigator.serviceWorker.addEventListener("message", (event) => told(event.data === "filled"));
  try {
    await navigator.serviceWorker.register(root.dataset.worker, { scope: "/" });
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage("fill");
  } catch {
    told(false);
  }
}
