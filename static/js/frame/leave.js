// Signing out: what is kept of the person on this device ends with it (store.js), its notifications too (push.js), and what
// has not been sent is told first.
import { confirmAct } from "./dialog.js";
import { off } from "./push.js";
import { endStay, unsent } from "../core/store.js";

const PATIENCE = 3_000; // a disk that does not answer keeps nobody signed in

const within = (work, otherwise) => Promise.race([work.catch(() => otherwise), new Promise((resolve) => { setTimeout(() => resolve(otherwise), PATIENCE); })]);

function warn(n) {
  const body = ngettext(
    "%(n)s answer or report of yours has not reached the server. It stays on this device, unseen by others, and is sent when you sign in here again.",
    "%(n)s answers or reports of yours have not reached the server. They stay on this device, unseen by others, and are sent when you sign in here again.", n,
  );
  return confirmAct({ title: gettext("Sign out although something is not sent?"), body: interpolate(body, { n }, true), act: gettext("Sign out") });
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.matches('form[action="/logout/"]') || form.dataset.left) return;
  event.preventDefault();
  const waiting = await within(unsent(), 0);
  if (waiting && !(await warn(waiting))) return;
  await within(Promise.all([endStay(), off()]));
  form.dataset.left = "yes";
  form.requestSubmit();
}

export function startLeaving() {
  document.addEventListener("submit", onSubmit);
}
