// Safe output of names and free texts. Always as text, never as HTML; and where the place takes no markup (titles,
// notifications, tooltips), without the characters that turn or hide what stands around them.

// Direction marks, embeddings, overrides and isolates; zero-width characters; controls but tab and line ends.
// eslint-disable-next-line no-control-regex
const TURNING = /[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

export const plain = (text) => String(text ?? "").replace(TURNING, "");

/** An element with a name in it, isolated from the direction of what stands beside it. */
export function named(text, className = "") {
  const element = document.createElement("bdi");
  if (className) element.className = className;
  element.textContent = plain(text);
  return element;
}
