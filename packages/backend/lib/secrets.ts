const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** 26 characters of 5 bits: 130 random bits, at least the 128 an unguessable code needs. */
const CODE_LENGTH = 26;

/** An unguessable code, RFC 4648 base32 without padding: for join codes and view keys. */
export function randomCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CODE_LENGTH));
  // 256 is a multiple of 32, so the low five bits of a byte are uniform.
  return Array.from(bytes, (byte) => BASE32.charAt(byte & 31)).join("");
}

/** SHA-256 of a text, as 64 hexadecimal digits. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether two texts are equal, in a time that depends on their length only: for comparing hashes of secrets. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index += 1) {
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  }
  return difference === 0;
}
