// A button that a script puts on the page: the one place where they are made.

/** `content`: a text or nodes; `label`: what it is called where it shows no text. */
export function button(content, run, { className = "btn btn-secondary", label = "" } = {}) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  if (label) element.setAttribute("aria-label", label);
  element.append(...[content].flat());
  element.addEventListener("click", run);
  return element;
}
