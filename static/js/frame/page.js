// What every signed-in page carries: the live line, the alarm, the counters, and fragments that follow the events.
import { startAlarm } from "./alarm.js";
import { startBack } from "./back.js";
import { startCounters } from "./counters.js";
import { onFrame as heed, refresh, refreshAll } from "../core/fragments.js";
import { hold, onAnyFrame, onReset, release } from "../core/live.js";
import { startSearch } from "./search.js";
import { startSession } from "./session.js";

const TRY_AGAIN = 5_000;

onAnyFrame(heed);
onReset(refreshAll);

// A fragment that could not be fetched is older than the badge would say.
document.addEventListener("sanji:missed", (event) => {
  const part = event.target;
  hold(part.id);
  setTimeout(() => (part.isConnected ? refresh(part) : release(part.id)), TRY_AGAIN);
});
document.addEventListener("sanji:settled", (event) => release(event.target.id));
document.addEventListener("sanji:signed-in", refreshAll);

startSession();
startBack();
startCounters();
startAlarm();
startSearch();
