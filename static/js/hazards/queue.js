// Sending the reports that wait: the text of every one first, then the photos, each with its checksum and a receipt. A
// repeat does no harm, because the server knows a report by its UUID and a photo by its checksum.
import { change, photosOf, put, reportsOf } from "./reports.js";
import { Sender } from "../core/rounds.js";

const ADDRESS = "/api/v1/hazards/";
const TEXT_PATIENCE = 20_000;
const PHOTO_PATIENCE = 180_000;

export class Queue {
  /** `tell(trouble)` after every change: "" | "waiting" | "signed-out"; a second argument: the round is over. */
  constructor({ person, tell }) {
    Object.assign(this, { person, tell });
    this.sender = new Sender({
      name: "sanji-hazards", person, waiting: () => this.waiting(), over: (trouble) => this.over(trouble),
      request: (item) => (item.photo ? photoOf(item) : textOf(item)),
      proof: (item, answer) => (item.photo ? photoProof(item, answer) : textProof(item, answer)),
      arrived: (item, answer) => this.arrived(item, answer),
      refused: (item, answer) => (item.photo ? photoRefused(item, answer) : textRefused(item, answer)),
      tell: (item, state) => state !== "sending" && tell(["arrived", "refused"].includes(state) ? "" : state),
    });
  }

  now() {
    return this.sender.now();
  }

  async waiting() {
    const rows = (await reportsOf(this.person)).reverse().filter((row) => row.state === "waiting");
    const texts = rows.filter((row) => !row.ticket).map((row) => ({ id: row.id, subject: row.id, row }));
    const photos = [];
    for (const row of rows.filter((one) => one.ticket)) {
      const open = (await photosOf(row.id)).filter((photo) => !photo.receipt && !photo.problem);
      if (!open.length) await this.settle(row);
      photos.push(...open.map((photo) => ({ id: photo.id, subject: photo.id, row, photo })));
    }
    return [...texts, ...photos];
  }

  async arrived({ row, photo }, { data }) {
    if (photo) await put("photos", { ...photo, receipt: data });
    else await change("reports", row.id, (kept) => Object.assign(kept, { ticket: data, arrived: new Date().toISOString(), problem: null }));
  }

  /** Delivered once every photo has its receipt. A photo that was refused is told, and does not hold up the report. */
  async settle(row) {
    for (const photo of await photosOf(row.id)) {
      if (photo.receipt && photo.blob) await put("photos", { ...photo, blob: null });
    }
    await change("reports", row.id, (kept) => { if (kept.state === "waiting") kept.state = "delivered"; });
  }

  async over(trouble) {
    if (!trouble && (await this.waiting()).length) this.sender.rounds.later();
    this.tell(trouble, true);
  }
}

async function textOf({ row }) {
  // Before the first byte leaves: from here on the server may have it, whatever we hear.
  await change("reports", row.id, (kept) => { kept.tries = (kept.tries || 0) + 1; });
  const body = JSON.stringify({ client_id: row.id, ...row.fields });
  return [ADDRESS, { body, headers: { "Content-Type": "application/json", Accept: "application/json" }, expects: "json", timeout: TEXT_PATIENCE }];
}

function photoOf({ row, photo }) {
  const body = new FormData();
  body.append("shows", photo.shows);
  body.append("sha256", photo.sha256);
  if (photo.originalSha256 !== photo.sha256) body.append("original_sha256", photo.originalSha256);
  body.append("photo", photo.blob, photo.name);
  return [`${ADDRESS}${row.ticket.id}/photos/`, { body, headers: { Accept: "application/json" }, expects: "json", timeout: PHOTO_PATIENCE }];
}

/** An error of ours that is about what was sent, not about who is signed in or how long it took. */
function isRefusal({ kind, status, data }) {
  if (kind !== "refused" || status === 408) return false;
  return status === 413 || (typeof data?.code === "string" && (status !== 403 || data.code === "forbidden"));
}

const textProof = ({ row }, answer) => (answer.kind === "ok" ? answer.data?.client_id === row.id : isRefusal(answer));

/** Bytes that changed on the way are sent again; so is what got a receipt for something else. */
function photoProof({ photo }, answer) {
  return answer.kind === "ok" ? answer.data?.sha256 === photo.sha256 : isRefusal(answer) && !answer.data?.fields?.sha256;
}

async function textRefused({ row }, { status, data }) {
  const { code = "", detail = "", fields = {}, current = null } = data || {};
  // Refused, so nothing of it is stored there: it is a draft again. A conflict means that other content is.
  await change("reports", row.id, (kept) => Object.assign(kept, { state: status === 409 ? "conflict" : "draft", problem: { code, detail, fields, current } }));
}

async function photoRefused({ photo }, { status, data }) {
  await put("photos", { ...photo, problem: Object.values(data?.fields || {}).flat()[0] || data?.detail || String(status) });
}
