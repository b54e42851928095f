// The connection badge: live, polling, late or offline, with the age of the page's data.
import { now } from "./clock.js";
import { refreshTimes } from "./countdown.js";

/** State of the live badge: live | polling | late | offline, and the time of the newest data. */
export function setLive(state, at = null) {
  for (const badge of document.querySelectorAll("[data-live-badge]")) {
    badge.dataset.state = state;
    if (at) badge.dataset.at = at;
    const text = badge.querySelector("[data-live-text]");
    if (state === "late" || state === "polling") text.dataset.age = badge.dataset.at || "";
    else delete text.dataset.age;
    if (state === "live") text.textContent = gettext("live");
    else if (state === "offline") text.textContent = gettext("offline, retrying");
    else refreshTimes(now(), badge);
  }
  const wall = document.querySelector(".wall");
  if (wall) wall.dataset.live = state;
}
