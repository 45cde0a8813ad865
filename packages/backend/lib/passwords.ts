import type { Checked } from "./errors";
import { accept, invalid } from "./rules/checked";
import { characters } from "./text";

const MIN_LENGTH = 8;
const MAX_LENGTH = 256;

// OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA512; see docs/adr/0005-sign-in.md.
const ITERATIONS = 210_000;
const SALT_BYTES = 16;
const HASH_BITS = 256;
const SCHEME = "pbkdf2-sha512";

/** Checks the length of a password, in characters (code points): 8 to 256. */
export function checkPassword(password: string, path: string): Checked<string> {
  const length = characters(password);
  if (length < MIN_LENGTH) return invalid(path, `must have at least ${MIN_LENGTH} characters`);
  if (length > MAX_LENGTH) return invalid(path, `must have at most ${MAX_LENGTH} characters`);
  return accept(password);
}

/** The hash to store for a password: `scheme$iterations$salt$hash`, the last two in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const hash = await derive(password, salt, ITERATIONS);
  return [SCHEME, ITERATIONS, toBase64(salt), toBase64(hash)].join("$");
}

/**
 * Whether a password is the one a hash was made from. False for anything that is no hash of ours, such as the empty
 * secret of an account that has no password yet.
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, iterations, salt, hash] = stored.split("$");
  if (scheme !== SCHEME || salt === undefined || hash === undefined) return false;
  return equal(await derive(password, fromBase64(salt), Number(iterations)), fromBase64(hash));
}

async function derive(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<Uint8Array> {
  // NFKC: the same password typed on another keyboard must give the same bytes (NIST SP 800-63B, 5.1.1.2).
  const secret = new TextEncoder().encode(password.normalize("NFKC"));
  const key = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash: "SHA-512", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, HASH_BITS));
}

/** Compares without stopping at the first difference, so that the time taken tells nothing. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
