// /design/ only: the sample toast.
import { toast } from "../core/toast.js";

document.querySelector("[data-sample-toast]").addEventListener("click", (event) => {
  toast(event.target.textContent.trim(), { tone: "ok", action: { label: gettext("Undo"), run: () => {} } });
});
