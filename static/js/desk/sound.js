// The alarm sound: two tones from Web Audio, no file to fetch, nothing to wait for.

let context = null;

/** Plays the call once; returns whether this browser could. Browsers allow it only after a touch or a key. */
export async function call() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return false;
  context ||= new Context();
  if (context.state === "suspended") await context.resume();
  const gain = context.createGain();
  gain.connect(context.destination);
  const start = context.currentTime;
  gain.gain.setValueAtTime(0.0001, start);
  gain.gain.exponentialRampToValueAtTime(0.4, start + 0.02);
  gain.gain.setValueAtTime(0.4, start + 0.7);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.8);
  for (const [pitch, from, to] of [[880, 0, 0.25], [660, 0.25, 0.5], [880, 0.5, 0.8]]) {
    const tone = context.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(gain);
    tone.start(start + from);
    tone.stop(start + to);
  }
  return context.state === "running";
}
