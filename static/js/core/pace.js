// Rate limit with backoff for reconnecting: at most so many tries in any minute, whatever asks for them.

const MINUTE = 60_000;

export class Pace {
  #tries = [];

  constructor(most, clock = () => performance.now()) {
    Object.assign(this, { most, clock });
  }

  /** How long the next try has to wait, in ms. */
  room() {
    const at = this.clock();
    this.#tries = this.#tries.filter((tried) => tried > at - MINUTE && tried <= at);
    return this.#tries.length < this.most ? 0 : this.#tries[0] + MINUTE - at;
  }

  /** True, and counted, when a try may be made now; one that a person asked for always may. */
  take(asked = false) {
    if (!asked && this.room() > 0) return false;
    this.#tries.push(this.clock());
    return true;
  }
}

/** Jitter, so that thousands who were cut off at once do not come back at once. */
export const between = (least, most) => least + Math.random() * (most - least);
