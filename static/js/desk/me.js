// The person's own page: try the alarm's sound, allow notifications.
import { allow, permission } from "../frame/outside.js";
import { startPush } from "./push.js";
import { call } from "./sound.js";
import { toast } from "../core/toast.js";

document.querySelector("[data-sound-test]")?.addEventListener("click", async () => {
  const heard = await call().catch(() => false);
  if (heard) toast(gettext("That was the alarm. If you did not hear it, turn the volume up."), { tone: "info" });
  else toast(gettext("This browser does not play sounds."), { tone: "warn" });
});

const state = document.querySelector("[data-notify-state]");
const ask = document.querySelector("[data-notify-ask]");

function show() {
  const words = { granted: gettext("allowed"), denied: gettext("blocked in this browser's settings"), default: gettext("not asked yet") };
  const here = window.isSecureContext ? gettext("not offered by this browser here") : gettext("only on a secure address (HTTPS), not on this one");
  state.textContent = words[permission()] || here;
  ask.hidden = permission() !== "default";
}

ask?.addEventListener("click", async () => {
  await allow();
  show();
});
if (state) show();
startPush();
