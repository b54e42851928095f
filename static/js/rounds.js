// Sending in rounds: never two at once, another right after where more came meanwhile, and after one that got stuck the
// next by a clock that waits longer each time, until the connection or the person is back.

const WAITS = [2000, 4000, 8000, 15000, 30000, 60000];

export class Rounds {
  /** `round` sends what waits, and calls `later()` or `arrived()`; it may be asynchronous. */
  constructor(round) {
    Object.assign(this, { round, tries: 0, timer: 0, running: null, again: false });
    addEventListener("online", () => this.now());
    addEventListener("pageshow", () => this.now());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.now());
  }

  /** At once, however long the next try was away. */
  now() {
    this.arrived();
    return this.run();
  }

  run() {
    clearTimeout(this.timer);
    this.again = Boolean(this.running);
    this.running ||= this.round().finally(() => {
      this.running = null;
      if (this.again) this.now();
    });
    return this.running;
  }

  /** Something arrived: whatever gets stuck next is tried again soon. */
  arrived() {
    this.tries = 0;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), WAITS[Math.min(this.tries, WAITS.length - 1)]);
    this.tries += 1;
  }
}
