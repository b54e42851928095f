// htmx's own requests: their answers pass the same check as all others (core/http.js), and they carry
// the same headers and speak of the same world.
import { classify, headersOf, signedOut } from "../core/http.js";
import { inWorld } from "../core/world.js";
import { toast } from "../core/toast.js";

function onRequest({ detail }) {
  if (detail.verb === "get") detail.path = inWorld(detail.path);
  Object.assign(detail.headers, headersOf({ method: detail.verb.toUpperCase() }));
}

/** Before htmx looks at headers or content. An error page of ours goes on to it, whatever its status. */
function onAnswer(event) {
  const { xhr, requestConfig } = event.detail;
  const header = (name) => xhr.getResponseHeader(name);
  const { kind } = classify({ status: xhr.status, url: xhr.responseURL, header });
  if (kind === "none") {
    event.preventDefault();
    if (requestConfig?.verb !== "get") toast(gettext("The network answered instead of the server: nothing was confirmed. Try again."), { tone: "danger" });
  } else if (kind === "signed-out") {
    event.preventDefault();
    signedOut();
  }
}

export function startGuard() {
  document.addEventListener("htmx:configRequest", onRequest);
  document.addEventListener("htmx:beforeOnLoad", onAnswer);
}
