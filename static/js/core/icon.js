// Icons of the sprite (static/img/icons.svg), for elements made in the browser.

const SVG = "http://www.w3.org/2000/svg";

/** <svg class="icon"> of a symbol; decorative unless a label is given. */
export function icon(name, { label = "", className = "icon" } = {}) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** Shape of a level (I, II, III, IV). */
export function levelShape(level) {
  const svg = icon(`level-${level}`, { className: "level-shape" });
  svg.classList.add(`lv-${level}`);
  return svg;
}

/** Glyph of an answer state. */
export function stateGlyph(state) {
  const svg = icon(`state-${state}`, { className: "state-glyph" });
  svg.classList.add(`st-${state}`);
  return svg;
}
