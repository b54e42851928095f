// The state of answers by unit, a cache. Loaded once, then updated by the events' cards; silence is computed here,
// second by second, because it comes without an event.
import { now } from "../core/clock.js";
import { forAnother, NEED, pastDue, stateOf } from "./shown.js";

const RANK = new Map(NEED.map((state, index) => [state, index]));

export class Answers {
  #items = new Map();
  #units = new Map();
  #seqs = new Map();
  #incident = "";
  #shown = new Map();

  /** Which incident is shown; empty for everything that is going on. */
  set incident(id) {
    this.#incident = String(id || "");
  }

  /**
   * Takes a whole layer. A card that came by an event while the layer was under way stays if it is newer; what the layer does
   * not name is gone.
   */
  load(collection) {
    const named = new Set();
    for (const { properties } of collection.features) {
      for (const item of properties.items) {
        named.add(item.id);
        this.#put(item.id, item.seq, { ...item, unit: properties.unit, due: Date.parse(item.ack_due_at) });
      }
    }
    for (const [id, item] of this.#items) {
      if (!named.has(id) && !(item.live && item.seq > (collection.seqBefore ?? Infinity))) this.#drop(id);
    }
  }

  /** Takes the card of an event; true when it changed something that is shown. */
  take(frame) {
    const cards = frame.card?.type === "called" ? frame.card.assignments : frame.card?.type === "assignment" ? [frame.card] : [];
    let changed = false;
    for (const card of cards) changed = this.#takeCard(card, frame) || changed;
    return changed;
  }

  #takeCard(card, frame) {
    if (this.#incident && String(card.incident ?? "") !== this.#incident) return false;
    if (card.status === "called_off") return frame.seq > (this.#seqs.get(card.id) ?? -1) && this.#drop(card.id, frame.seq);
    const item = {
      id: card.id, order: card.order, incident: card.incident, unit: card.unit, status: card.status, climbed_to: card.climbed_to,
      due: Date.parse(card.ack_due_at), for: forAnother(card.answered_by?.id ?? null, card.person?.id ?? null), live: true,
      since: this.#items.get(card.id)?.since ?? frame.at,
    };
    return this.#put(card.id, frame.seq, item);
  }

  #put(id, seq, item) {
    if (seq < (this.#seqs.get(id) ?? -1)) return false;
    this.#seqs.set(id, seq);
    this.#items.set(id, { ...item, seq });
    if (!this.#units.has(item.unit)) this.#units.set(item.unit, new Set());
    this.#units.get(item.unit).add(id);
    return true;
  }

  #drop(id, seq = null) {
    const item = this.#items.get(id);
    if (seq !== null) this.#seqs.set(id, seq);
    if (!item) return false;
    this.#items.delete(id);
    this.#units.get(item.unit)?.delete(id);
    return true;
  }

  /** {state, counts, total, silent} of a unit; null where nothing was ordered. */
  unit(code, at = now()) {
    const ids = this.#units.get(code);
    if (!ids?.size) return null;
    const counts = {};
    let worst = NEED.length;
    for (const id of ids) {
      const item = this.#items.get(id);
      const state = stateOf(item, at);
      counts[state] = (counts[state] || 0) + 1;
      worst = Math.min(worst, RANK.get(state) ?? NEED.length);
    }
    return { state: NEED[worst] || "not_called", counts, total: ids.size, silent: pastDue(counts) };
  }

  /** Units whose shown state differs from the last call: [[code, answers or null], …]. */
  changes(at = now()) {
    const changed = [];
    for (const code of this.#units.keys()) {
      const answers = this.unit(code, at);
      const mark = answers ? `${answers.state} ${JSON.stringify(answers.counts)}` : "";
      if (this.#shown.get(code) === mark) continue;
      this.#shown.set(code, mark);
      changed.push([code, answers]);
    }
    return changed;
  }

  /** How many assignments are in each state, as every other counter counts. */
  totals(at = now()) {
    const totals = {};
    for (const code of this.#units.keys()) {
      for (const [state, n] of Object.entries(this.unit(code, at)?.counts || {})) totals[state] = (totals[state] || 0) + n;
    }
    return totals;
  }
}
