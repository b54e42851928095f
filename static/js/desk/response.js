// Deciding a level: the decision is sent once, what was typed is kept, parts of the preview load when they are opened.
import { keepDraft } from "../core/draft.js";
import { sendOnce } from "../core/once.js";
import "../frame/workspace.js";

/** The live refresh of a page leaves a form as it is; one that came with it is started here. */
const started = new WeakSet();

function start() {
  for (const form of document.querySelectorAll("form[data-once]")) {
    if (started.has(form)) continue;
    started.add(form);
    keepDraft(form);
    sendOnce(form);
  }
}

// "Show for this area" is a question, not the decision: the same form goes to the same address as a plain GET.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-plain]");
  if (!button) return;
  event.preventDefault();
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(button.form)) if (["version", "level", "area"].includes(name)) asked.append(name, value);
  location.assign(`${button.getAttribute("formaction")}?${asked}`);
});

document.addEventListener("sanji:settled", start);
start();
