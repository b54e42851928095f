// Protection against double submission: a form that makes something new is sent once; its draft is forgotten only when
// our server has taken it. Whatever else comes back, everything stays as typed. The server's token makes a second
// sending harmless anyway.
import { forget } from "./draft.js";
import { ask } from "./http.js";
import { toast } from "./toast.js";

export function sendOnce(form) {
  const buttons = () => form.querySelectorAll("button:not([type=button])");
  const busy = (on) => {
    for (const button of buttons()) {
      if (on) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
  };
  let sending = false;
  const over = (words) => {
    sending = false;
    busy(false);
    if (words) toast(words, { tone: "danger" });
  };
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    busy(true);
    const answer = await ask(form.action, { method: "POST", body: new FormData(form) });
    if (answer.kind === "signed-out") over(gettext("You were signed out; nothing was sent. What you typed is kept."));
    else if (answer.kind === "busy") over(gettext("The server is busy. What you typed is kept; send it again in a moment."));
    else if (answer.kind === "none") over(gettext("No connection. What you typed is kept; send it again when you are back."));
    else if (answer.redirect) {
      forget(form.dataset.draft);
      location.assign(answer.redirect);
    } else form.submit(); // Refused: the server shows the form again with what is wrong.
  });
  addEventListener("pageshow", () => over(""));
}
