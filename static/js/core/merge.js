// DOM morphing: brings a fragment up to date without losing what a person is doing in it. Open details stay open, typed
// text stays typed, the focus stays where it is, elements with data-keep are not touched at all, and what has
// data-stays (an answer to the person's own act, which the fragment knows nothing of) stays until its surroundings are
// replaced. An element with an id is the same one wherever it moves to. Idiomorph does the work; here stands what it
// must leave alone (docs/adr/0033).
import { Idiomorph } from "../../vendor/idiomorph/idiomorph.esm.js";

const FIELDS = "input, textarea, option";
const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;

let staying = 0;

/** Makes the children of `target` like those of `source` (a detached node, which is used up). */
export function merge(target, source) {
  // With an id of its own nothing that comes is taken for it.
  for (const element of target.querySelectorAll("[data-stays]:not([id])")) element.id = `stays-${(staying += 1)}`;
  Idiomorph.morph(target, source, { morphStyle: "innerHTML", restoreFocus: true, callbacks });
}

const callbacks = {
  beforeNodeMorphed: (old, wanted) => !isElement(old) || mayMorph(old, wanted),
  beforeNodeRemoved: (node) => !isElement(node) || node.dataset.stays === undefined,
  beforeAttributeUpdated: (name, element) => name !== ownOf(element),
};

/** What the person has opened or pressed. */
const ownOf = (element) => (element.matches("details, dialog") ? "open" : "aria-busy");

/** False for what is not to be touched, or is as it shall be already. */
function mayMorph(old, wanted) {
  if (old.dataset.keep !== undefined) return false;
  if (old === document.activeElement && old.matches("input, textarea, select")) return false;
  if (!old.matches(FIELDS)) return true;
  defaults(old, wanted);
  return false;
}

/** Of a form's field the markup is only its default: what the person chose is a property, and is not touched. */
function defaults(old, wanted) {
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name) && name !== ownOf(old)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.textContent !== wanted.textContent) old.textContent = wanted.textContent;
}
