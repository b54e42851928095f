// Entry module of every page: frames, menus, drawers, dialogs, toasts, clocks. Screens import what they need from the
// modules below and load as modules of their own.
import { now, startClock } from "../core/clock.js";
import { refreshTimes, startCountdowns } from "../core/countdown.js";
import { startDialogs } from "./dialog.js";
import { startGuard } from "./htmx_guard.js";
import { startKeyboard } from "./keyboard.js";
import { startLeaving } from "./leave.js";
import "../core/outbox.js"; // every page of a person sends what waits
import { startTheme } from "./theme.js";
import { startToasts, toast } from "../core/toast.js";

/** Opens a panel as a drawer or a sheet (below 1100 px); closes the other one. */
export function openPanel(side) {
  for (const panel of document.querySelectorAll(".panel")) {
    panel.classList.toggle("open", panel.dataset.side === side && !panel.classList.contains("open"));
  }
  const open = document.querySelector(".panel.open");
  document.querySelector(".scrim")?.classList.toggle("open", Boolean(open));
  for (const toggle of document.querySelectorAll("[data-panel-toggle]")) {
    toggle.setAttribute("aria-expanded", String(open?.dataset.side === toggle.dataset.panelToggle));
  }
  if (open) open.querySelector(".panel-close")?.focus();
}

export function closePanels() {
  const side = document.querySelector(".panel.open")?.dataset.side;
  if (!side) return;
  openPanel("");
  document.querySelector(`[data-panel-toggle="${side}"]`)?.focus();
}

function startPanels() {
  for (const toggle of document.querySelectorAll("[data-panel-toggle]")) {
    const panel = document.querySelector(`.panel[data-side="${toggle.dataset.panelToggle}"]`);
    if (!panel) continue;
    toggle.hidden = false;
    toggle.querySelector("span").textContent = panel.dataset.title;
    toggle.setAttribute("aria-controls", panel.id);
  }
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-panel-toggle]");
    if (toggle) openPanel(toggle.dataset.panelToggle);
    if (event.target.closest(".panel-close, .scrim")) closePanels();
  });
}

function startMenus() {
  const closeOthers = (keep) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== keep) menu.open = false;
  };
  document.addEventListener("click", (event) => closeOthers(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); } else closePanels();
  });
}

/** What a failed htmx request says; a 409 says that the thing changed meanwhile, in the server's words. */
function startRequests() {
  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    const plain = responseText && responseText.length < 300 && !responseText.includes("<") ? responseText : "";
    const known = { 403: gettext("You may not do this."), 404: gettext("This is no longer here."), 409: gettext("It has changed meanwhile. Reload to see the current state.") };
    toast(plain || known[status] || gettext("It did not work. Nothing was changed."), { tone: status === 409 ? "warn" : "danger" });
  });
  document.addEventListener("htmx:sendError", () => toast(gettext("No connection. Nothing was sent."), { tone: "danger" }));
  document.addEventListener("htmx:afterSettle", (event) => refreshTimes(now(), event.detail.elt));
}

function startDemoLogins() {
  for (const button of document.querySelectorAll("[data-demo-username]")) {
    button.addEventListener("click", () => {
      const form = document.querySelector(".login-form");
      form.elements.username.value = button.dataset.demoUsername;
      form.elements.password.value = button.dataset.demoPassword;
      form.requestSubmit();
    });
  }
}

startClock();
startCountdowns();
startTheme();
startDialogs();
startToasts();
startMenus();
startPanels();
startRequests();
startGuard();
startLeaving();
startKeyboard();
startDemoLogins();
