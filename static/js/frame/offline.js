// /offline/ only: asks the server every five seconds, and goes on as soon as it answers.
import { ask } from "../core/http.js";

async function retry() {
  const { kind } = await ask("/healthz", { timeout: 5000 });
  if (kind === "ok") location.replace("/");
  else setTimeout(retry, 5000);
}

addEventListener("online", retry);
setTimeout(retry, 5000);
