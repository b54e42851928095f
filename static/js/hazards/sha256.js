// SHA-256 as hexadecimal: the browser's own, or this one where it is not there (plain HTTP away from localhost).

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The checksum of a Blob or an ArrayBuffer. */
export async function sha256(source) {
  const buffer = source instanceof ArrayBuffer ? source : await source.arrayBuffer();
  if (globalThis.crypto?.subtle) return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", buffer)));
  return plainSha256(buffer);
}

// FIPS 180-4: the first 32 bits of the fractional parts of roots of the first 64 primes.
function constants() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
  const bits = (root) => Math.floor((root - Math.floor(root)) * 0x100000000) | 0;
  return { k: primes.map((p) => bits(Math.cbrt(p))), h: primes.slice(0, 8).map((p) => bits(Math.sqrt(p))) };
}

function padded(bytes) {
  const length = (Math.floor((bytes.length + 8) / 64) + 1) * 64;
  const out = new Uint8Array(length);
  out.set(bytes);
  out[bytes.length] = 0x80;
  const view = new DataView(out.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(length - 4, (bytes.length * 8) >>> 0);
  return view;
}

const turn = (x, n) => (x >>> n) | (x << (32 - n));

function block(state, k, w) {
  for (let i = 16; i < 64; i += 1) {
    const a = w[i - 15];
    const b = w[i - 2];
    w[i] = (w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] = (state[i] + value) | 0; });
}

export function plainSha256(buffer) {
  const { k, h } = constants();
  const view = padded(new Uint8Array(buffer));
  const state = Int32Array.from(h);
  const w = new Int32Array(64);
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(at + i * 4);
    block(state, k, w);
  }
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
