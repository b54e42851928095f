// What this phone keeps of hazards that are not filed yet: reports and their photos (store.js).
// A report: {id (UUID), person, state, made, fields: {kind, description, ...}, tries, ticket, problem}.
// A photo: {id (UUID), report, person, blob, name, shows, sha256, originalSha256, thumb, receipt, problem}.
import { all, remove } from "../core/store.js";

export { all, change, get, isFull, keeps, put, remove, uuid } from "../core/store.js";

export async function reportsOf(person) {
  return (await all("reports")).filter((row) => row.person === person).sort((a, b) => (a.made < b.made ? 1 : -1));
}

export async function photosOf(report) {
  return (await all("photos")).filter((row) => row.report === report).sort((a, b) => a.at - b.at);
}

export async function removeReport(id) {
  for (const photo of await photosOf(id)) await remove("photos", photo.id);
  await remove("reports", id);
}

/** Requests persistent storage, which the browser does not clear when the phone runs short of space; true when granted. */
export async function persist() {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}
