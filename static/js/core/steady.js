// No layout shift under a finger: what arrives by itself is put into the page only while nobody is pressing on it.
// Between the touch and its click a line that appears above would have the tap land on something else, or on nothing.

const CLICK_FOLLOWS = 350; // a click comes this long after the finger has left, or not at all
const LONGEST = 1500; // a finger that rests does not hold the news back

let pressed = false;
let timer = 0;
let waiting = [];

function press() {
  pressed = true;
  clearTimeout(timer);
  timer = setTimeout(release, LONGEST);
}

function lift() {
  if (!pressed) return;
  clearTimeout(timer);
  timer = setTimeout(release, CLICK_FOLLOWS);
}

function release() {
  clearTimeout(timer);
  pressed = false;
  const now = waiting;
  waiting = [];
  for (const resolve of now) resolve();
}

addEventListener("pointerdown", press, true);
addEventListener("pointerup", lift, true);
addEventListener("pointercancel", release, true);
// After everybody who listens for the click itself.
addEventListener("click", () => pressed && setTimeout(release), true);

/** Resolves at once, or when the finger (or the mouse's button) is off and its click has been taken. */
export function steady() {
  return pressed ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
}
