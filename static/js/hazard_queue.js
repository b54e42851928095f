// Sending what waits: the text of every report first, then the photos, each with its checksum and a receipt. A repeat
// does no harm, because the server knows a report by its UUID and a photo by its checksum.
import { change, photosOf, put, reportsOf } from "./hazard_store.js";
import { Rounds } from "./rounds.js";

const ADDRESS = "/api/v1/hazards/";

export const csrf = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] || "";

export class Queue {
  /** `tell(trouble)` after every change: "" | "waiting" | "signed-out"; a second argument: the round is over. */
  constructor({ person, tell }) {
    Object.assign(this, { person, tell, rounds: new Rounds(() => this.alone()) });
  }

  now() {
    return this.rounds.now();
  }

  /** One window sends at a time, where the browser can say so; two would only send twice what counts once. */
  async alone() {
    if (!navigator.locks) return this.round();
    return navigator.locks.request("sanji-hazards", { ifAvailable: true }, (lock) => (lock ? this.round() : this.rounds.later()));
  }

  async round() {
    let trouble = "";
    try {
      trouble = (await this.texts()) || (await this.photos());
    } catch {
      trouble = "waiting";
    }
    if (trouble || (await this.left())) this.rounds.later();
    else this.rounds.arrived();
    this.tell(trouble, true);
  }

  async left() {
    return (await reportsOf(this.person)).some((row) => row.state === "waiting");
  }

  /** Whose report it is: the server refuses it (401) where somebody else has signed in meanwhile. */
  headers(more = {}) {
    return { ...more, "X-Sanji-Person": this.person };
  }

  async texts() {
    for (const row of (await reportsOf(this.person)).reverse()) {
      if (row.state !== "waiting" || row.ticket) continue;
      // Before the first byte leaves: from here on the server may have it, whatever we hear.
      await change("reports", row.id, (kept) => { kept.tries = (kept.tries || 0) + 1; });
      const trouble = await this.text(row);
      this.tell(trouble);
      if (trouble) return trouble;
    }
    return "";
  }

  async text(row) {
    const body = JSON.stringify({ client_id: row.id, ...row.fields });
    const { status, data } = await ask(ADDRESS, body, this.headers({ "Content-Type": "application/json" }), 20000);
    if (status === 200 || status === 201) {
      const now = new Date().toISOString();
      await change("reports", row.id, (kept) => Object.assign(kept, { ticket: data, arrived: now, problem: null }));
      return "";
    }
    if (waits(status, data)) return trouble(status);
    const problem = { code: data.code || "", detail: data.detail || "", fields: data.fields || {}, current: data.current || null };
    // Refused, so nothing of it is stored there: it is a draft again. A conflict means that other content is.
    await change("reports", row.id, (kept) => Object.assign(kept, { state: status === 409 ? "conflict" : "draft", problem }));
    return "";
  }

  async photos() {
    for (const row of (await reportsOf(this.person)).reverse()) {
      if (row.state !== "waiting" || !row.ticket) continue;
      const photos = await photosOf(row.id);
      for (const photo of photos.filter((one) => !one.receipt && !one.problem)) {
        const trouble = await this.photo(row, photo);
        this.tell(trouble);
        if (trouble) return trouble;
      }
      await this.settle(row);
    }
    return "";
  }

  /** Delivered once every photo has its receipt. A photo that was refused is told, and does not hold up the report. */
  async settle(row) {
    for (const photo of await photosOf(row.id)) {
      if (photo.receipt && photo.blob) await put("photos", { ...photo, blob: null });
    }
    await change("reports", row.id, (kept) => { if (kept.state === "waiting") kept.state = "delivered"; });
    this.tell("");
  }

  async photo(row, photo) {
    const body = new FormData();
    body.append("shows", photo.shows);
    body.append("sha256", photo.sha256);
    if (photo.originalSha256 !== photo.sha256) body.append("original_sha256", photo.originalSha256);
    body.append("photo", photo.blob, photo.name);
    const { status, data } = await ask(`${ADDRESS}${row.ticket.id}/photos/`, body, this.headers(), 180000);
    if ((status === 200 || status === 201) && data.sha256 === photo.sha256) {
      await put("photos", { ...photo, receipt: data });
      return "";
    }
    // Bytes that changed on the way are sent again; so is what got a receipt for something else.
    if (waits(status, data) || status < 300 || data.fields?.sha256) return trouble(status);
    await put("photos", { ...photo, problem: Object.values(data.fields || {}).flat()[0] || data.detail || String(status) });
    return "";
  }
}

/** Not settled by this answer: nothing came, the server is in trouble, or it does not know us any more. */
const waits = (status, data) => [0, 401, 408, 429].includes(status) || status >= 500 || (status === 403 && data.code !== "forbidden");
const trouble = (status) => (status === 401 || status === 403 ? "signed-out" : "waiting");

/** {status, data}; status 0 when no answer came, or one that was not ours (a sign-in page of the network, for one). */
async function ask(url, body, headers, timeout) {
  try {
    const answer = await fetch(url, {
      method: "POST", body, credentials: "same-origin", redirect: "error",
      headers: { ...headers, Accept: "application/json", "X-CSRFToken": csrf() }, signal: AbortSignal.timeout?.(timeout),
    });
    return { status: answer.status, data: await answer.json() };
  } catch {
    return { status: 0, data: {} };
  }
}
