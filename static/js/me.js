// The person's own page: try the alarm's sound, allow notifications.
import { call } from "./sound.js";
import { toast } from "./toast.js";

document.querySelector("[data-sound-test]")?.addEventListener("click", async () => {
  const heard = await call().catch(() => false);
  if (heard) toast(gettext("That was the alarm. If you did not hear it, turn the volume up."), { tone: "info" });
  else toast(gettext("This browser does not play sounds."), { tone: "warn" });
});

const state = document.querySelector("[data-notify-state]");
const ask = document.querySelector("[data-notify-ask]");

function show() {
  const words = { granted: gettext("allowed"), denied: gettext("blocked in this browser's settings"), default: gettext("not asked yet") };
  const permission = "Notification" in window && window.isSecureContext ? Notification.permission : "";
  state.textContent = permission ? words[permission] : gettext("not offered by this browser here");
  ask.hidden = permission !== "default";
}

ask?.addEventListener("click", async () => {
  await Notification.requestPermission();
  show();
});
if (state) show();
