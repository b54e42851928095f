// From the map to an order: townships are picked (Shift and click, the tool, or a popup), one button orders them all.
import { nameOf } from "../map/names.js";
import { selection } from "./selection.js";

export class Picking {
  #codes = new Set();
  #bar;

  constructor(units, frame) {
    this.units = units;
    this.frame = frame;
    this.#bar = frame.querySelector("[data-map-chosen]");
    this.active = false;
    this.#bar.querySelector("[data-chosen-clear]").addEventListener("click", () => this.clear());
    document.addEventListener("keydown", (event) => event.key === "Escape" && !document.querySelector("dialog[open]") && this.clear());
  }

  toggleTool(button) {
    this.active = !this.active;
    button?.setAttribute("aria-pressed", String(this.active));
    this.frame.classList.toggle("picking", this.active);
    if (!this.active && !this.#codes.size) this.#bar.hidden = true;
    else this.#show();
  }

  /** A village stands for its township: orders go out to townships and everybody under them. */
  toggle(unit) {
    const code = unit.level === "village" ? unit.parent : unit.code;
    if (!this.units.unit(code) || this.units.unit(code).level !== "township") return;
    if (!this.#codes.delete(code)) this.#codes.add(code);
    this.#show();
  }

  clear() {
    if (!this.#codes.size && !this.active) return;
    this.#codes.clear();
    this.active = false;
    this.frame.querySelector("[data-tool='select']")?.setAttribute("aria-pressed", "false");
    this.frame.classList.remove("picking");
    this.#show();
  }

  #show() {
    const codes = [...this.#codes];
    this.units.pick(codes);
    this.#bar.hidden = !codes.length && !this.active;
    const names = codes.map((code) => nameOf(this.units.unit(code)));
    const shown = names.slice(0, 4).join(document.documentElement.lang.startsWith("en") ? ", " : "、");
    this.#bar.querySelector("[data-chosen-text]").textContent = names.length > 4 ? `${shown} …` : shown || gettext("Click the townships to order");
    const link = this.#bar.querySelector("[data-chosen-order]");
    link.hidden = !codes.length;
    const { incident } = selection();
    link.href = `/orders/new/?${new URLSearchParams({ units: codes.join(","), ...(incident && { incident }) })}`;
    link.querySelector("span").textContent = interpolate(ngettext("Order this township", "Order these %(n)s townships", codes.length), { n: codes.length }, true);
  }
}
