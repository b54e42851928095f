// The sender of queued items (answers to orders, alarms, hazards), with a lock and backoff. Never two rounds at once,
// in whatever window; another right after where more came meanwhile; after one that got stuck the next by a clock that
// waits longer each time, until the connection or the person is back.
import { ask } from "./http.js";

const WAITS = [2000, 4000, 8000, 15000, 30000, 60000];
const LONGEST = 300_000; // a server that asks for more patience is asked again after this

export class Rounds {
  /** `round` sends what waits, and calls `later()` or `arrived()`; it may be asynchronous. `name`: of the lock. */
  constructor(name, round) {
    Object.assign(this, { name, round, tries: 0, timer: 0, running: null, again: false });
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
    this.running ||= this.alone().catch(() => this.later()).finally(() => {
      this.running = null;
      if (this.again) this.now();
    });
    return this.running;
  }

  /** Web Locks: one window sends at a time, where the browser supports it; two would only send twice what counts once. */
  async alone() {
    return navigator.locks ? navigator.locks.request(this.name, () => this.round()) : this.round();
  }

  /** Something arrived: whatever gets stuck next is tried again soon. */
  arrived() {
    this.tries = 0;
  }

  later(least = 0) {
    clearTimeout(this.timer);
    const wait = Math.max(WAITS[Math.min(this.tries, WAITS.length - 1)], Math.min(least, LONGEST));
    this.timer = setTimeout(() => this.run(), wait);
    this.tries += 1;
  }
}

/**
 * Sends items one after the other. An item is over only by our server's own word about this very item: it arrived, or it
 * was refused. Whatever else comes back, from whomever, it waits and is sent again.
 */
export class Sender {
  /**
   * `name`: of the lock; `person`: whose items these are; `waiting()`: the items {id, subject, photo}, in order. For each
   * `request(item)` gives [url, options of http.ask], `proof(item, answer)` whether our server speaks of this very item,
   * `arrived(item, answer)` and `refused(item, answer)` keep its word; `tell(item, state, answer)` shows it:
   * "sending" | "waiting" | "signed-out" | "arrived" | "refused". `over(trouble)`: the round is.
   */
  constructor({ name, person, waiting, over = () => {}, ...acts }) {
    Object.assign(this, { person, waiting, over, acts, rounds: new Rounds(name, () => this.round()) });
  }

  now() {
    return this.rounds.now();
  }

  async round() {
    const done = new Set();
    const behind = new Set();
    let trouble = "";
    for (let item = await this.next(done, behind); item; item = await this.next(done, behind)) {
      done.add(item.id);
      const [state, goOn] = await this.send(item);
      trouble ||= state;
      if (!goOn) break;
      if (state) behind.add(subjectOf(item));
    }
    this.over(trouble);
  }

  /** Asked for one by one: while one is on its way another may have come, or gone. What follows a stuck one waits with it. */
  async next(done, behind) {
    return (await this.waiting()).find((item) => !done.has(item.id) && !behind.has(subjectOf(item)));
  }

  /** What keeps it from being settled, "" | "waiting" | "signed-out", and whether the others may have better luck. */
  async send(item) {
    const { request, proof, arrived, refused, tell } = this.acts;
    tell(item, "sending");
    const [url, options] = await request(item);
    const answer = await ask(url, { method: "POST", person: this.person, quiet: true, ...options });
    const decided = answer.kind === "ok" || answer.kind === "refused";
    if (!decided || !proof(item, answer)) return this.stuck(item, answer);
    await (answer.kind === "ok" ? arrived(item, answer) : refused(item, answer));
    this.rounds.arrived();
    tell(item, answer.kind === "ok" ? "arrived" : "refused", answer);
    return ["", true];
  }

  /** A photo that a gateway holds back must not hold back the rest; a line on which nothing comes through is left alone. */
  stuck(item, answer) {
    const state = answer.kind === "signed-out" || answer.status === 403 ? "signed-out" : "waiting";
    this.rounds.later(answer.wait);
    this.acts.tell(item, state, answer);
    return [state, Boolean(item.photo) && state === "waiting" && (answer.foreign || answer.status > 0)];
  }
}

const subjectOf = (item) => item.subject ?? item.key;
