// A call on a demo phone: what it says, how far it has been heard, which keys were pressed. No document here.
const MS_EACH = { zh: 220, other: 75 }; // per character, spoken slowly

/** How long a text takes to say, in ms, where the browser cannot speak. */
export function lasts(text, language) {
  return 1500 + text.length * (language.startsWith("zh") ? MS_EACH.zh : MS_EACH.other);
}

export class Call {
  constructor({ reference, text, question }, language, now) {
    Object.assign(this, { reference, text, question, language, since: now, heard: false, typed: "", said: "", over: false, overSince: 0 });
  }

  /** All that is spoken: the message, then the question. */
  get words() { return [this.text, this.question].filter(Boolean).join(" "); }

  /** What a receipt says when it is hung up now. */
  outcomeAt(now) {
    return this.heard || now - this.since >= lasts(this.words, this.language) ? "heard" : "hung_up";
  }

  /** Takes a key; returns what is sent, or "" while a number is being typed. A star answers nothing: it goes at once. */
  press(key) {
    if (this.over) return "";
    if (key === "#") {
      const typed = `${this.typed}#`;
      this.typed = "";
      return typed;
    }
    if (key === "*") {
      this.typed = "";
      return "*";
    }
    if (this.typed.length < 5) this.typed += key;
    return "";
  }

  /** What the door answered: "asked" again, "taken", or "over" (a second wrong key, or too late). */
  take({ understood, ask_again: again }, now) {
    if (again) return "asked";
    Object.assign(this, { over: true, overSince: now });
    return understood ? "taken" : "over";
  }
}
