// htmx asks for itself: what it gets is let in by the same rule as everything else (http.js), and goes out with whose page it is.
import { MARK, csrfToken, me, signedOut } from "./http.js";
import { toast } from "./toast.js";

function onRequest({ detail }) {
  if (me()) detail.headers["X-Sanji-Person"] = me();
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken();
}

/** Before htmx looks at headers or content. */
function onAnswer(event) {
  const { xhr, requestConfig } = event.detail;
  const ours = xhr.getResponseHeader(MARK) && new URL(xhr.responseURL || location.href, location.href).origin === location.origin;
  if (!ours) {
    event.preventDefault();
    if (requestConfig?.verb !== "get") toast(gettext("The network answered instead of the server: nothing was confirmed. Try again."), { tone: "danger" });
  } else if ((xhr.getResponseHeader("HX-Redirect") || "").startsWith("/login/")) {
    event.preventDefault();
    signedOut();
  }
}

export function startGuard() {
  document.addEventListener("htmx:configRequest", onRequest);
  document.addEventListener("htmx:beforeOnLoad", onAnswer);
}
