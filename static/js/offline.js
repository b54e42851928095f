// /offline/ only: asks the server every five seconds, and goes on as soon as it answers.

async function retry() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    if (answer.ok) { location.replace("/"); return; }
  } catch {
    // still offline: the next round asks again
  }
  setTimeout(retry, 5000);
}

addEventListener("online", retry);
setTimeout(retry, 5000);
