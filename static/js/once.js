// A form that makes something new is sent once; its draft is forgotten only when the server has taken it. Without a
// connection everything stays as typed. The server's token makes a second sending harmless anyway.
import { forget } from "./draft.js";
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
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    busy(true);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, credentials: "same-origin" });
      const address = answer.headers.get("HX-Redirect");
      if (!address) { form.submit(); return; } // Refused: the server shows the form again with what is wrong.
      if (!address.startsWith("/login")) forget(form.dataset.draft);
      location.assign(address);
    } catch {
      sending = false;
      busy(false);
      toast(gettext("No connection. What you typed is kept; send it again when you are back."), { tone: "danger" });
    }
  });
  addEventListener("pageshow", () => { sending = false; busy(false); });
}
