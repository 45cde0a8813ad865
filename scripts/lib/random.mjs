import { createHash } from "node:crypto";

/**
 * A generator of numbers in [0, 1), the same for the same seed on every machine (mulberry32).
 * @param {string} seed
 */
export function seededRandom(seed) {
  let state = createHash("sha256").update(seed).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A request id that is the same each time the same thing is asked, so that a repeated call gets its first answer.
 * @param {string} purpose everything that makes the request what it is
 */
export function requestIdFor(purpose) {
  const hex = createHash("sha256").update(purpose).digest("hex");
  // Version and variant digits of a UUID made by the application (RFC 9562, version 8).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
