// Brings a fragment up to date without losing what a person is doing in it: open details stay open, typed text stays
// typed, the focus stays where it is, elements with data-keep are not touched at all, and what has data-stays (an answer to
// the person's own act, which the fragment knows nothing of) stays until its surroundings are replaced.

const key = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "");

const stays = (node) => node?.nodeType === Node.ELEMENT_NODE && node.dataset.stays !== undefined;

/** Makes the children of `target` like those of `source` (a detached node, which is used up). */
export function merge(target, source) {
  const keyed = new Map();
  for (const child of target.childNodes) if (key(child)) keyed.set(key(child), child);
  let here = target.firstChild;
  for (const wanted of [...source.childNodes]) {
    while (stays(here)) here = here.nextSibling;
    const match = key(wanted) ? keyed.get(key(wanted)) : alike(here, wanted) ? here : null;
    if (!match || match.nodeName !== wanted.nodeName) {
      target.insertBefore(wanted, here);
      continue;
    }
    if (match === here) here = here.nextSibling;
    else target.insertBefore(match, here);
    keyed.delete(key(wanted));
    update(match, wanted);
  }
  while (here) {
    const next = here.nextSibling;
    if (!stays(here)) here.remove();
    here = next;
  }
}

function alike(old, wanted) {
  return old && old.nodeType === wanted.nodeType && old.nodeName === wanted.nodeName && !key(old);
}

function update(old, wanted) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  if (old.dataset.keep !== undefined) return;
  if (old === document.activeElement && old.matches("input, textarea, select")) return;
  attributes(old, wanted);
  merge(old, wanted);
}

/** Of a form control the markup's value is only its default: what the person chose is a property, and is not touched. */
function attributes(old, wanted) {
  const mine = old.nodeName === "DETAILS" || old.nodeName === "DIALOG" ? ["open"] : ["aria-busy"];
  for (const { name } of [...old.attributes]) {
    if (!wanted.hasAttribute(name) && !mine.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (!mine.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
