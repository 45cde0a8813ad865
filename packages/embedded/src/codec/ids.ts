/**
 * Document ids, in the form of Convex's own:
 * base32(varint(table number), 16 random bytes, Fletcher-16 checksum of both).
 */
import { randomFillSync } from "node:crypto";

/** Table numbers below are reserved, as on Convex. */
export const FIRST_TABLE_NUMBER = 10001;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const ALPHABET_CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const INVALID = 0xff;
const DIGIT_OF_CODE = new Uint8Array(128).fill(INVALID);
ALPHABET_CODES.forEach((code, digit) => (DIGIT_OF_CODE[code] = digit));

const INTERNAL_BYTES = 16;
const CHECKSUM_BYTES = 2;
const MIN_LENGTH = 31;
const MAX_LENGTH = 37;
const MAX_BYTES = 5 + INTERNAL_BYTES + CHECKSUM_BYTES;

// Ids are made and read one at a time, so one buffer of each kind serves all calls.
const bytes = new Uint8Array(MAX_BYTES + 1);
const characters = Buffer.alloc(MAX_LENGTH);
const pool = new Uint8Array(INTERNAL_BYTES * 256);
let poolUsed = pool.length;

/** A new random id in the table of that number. */
export function newId(tableNumber: number): string {
  if (poolUsed === pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += INTERNAL_BYTES;
  return encodeId(tableNumber, pool.subarray(poolUsed - INTERNAL_BYTES, poolUsed));
}

/** The id of a table number (1 to 2^32 - 1) and 16 bytes. */
export function encodeId(tableNumber: number, internal: Uint8Array): string {
  let length = 0;
  let rest = tableNumber;
  while (rest >= 0x80) {
    bytes[length++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[length++] = rest;
  bytes.set(internal, length);
  length += INTERNAL_BYTES;
  const checksum = fletcher16(length);
  bytes[length++] = checksum & 0xff;
  bytes[length++] = checksum >> 8;

  let written = 0;
  let bits = 0;
  let bitCount = 0;
  for (let i = 0; i < length; i++) {
    bits = (bits << 8) | bytes[i]!;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      characters[written++] = ALPHABET_CODES[(bits >> bitCount) & 31]!;
    }
    bits &= (1 << bitCount) - 1;
  }
  if (bitCount > 0) characters[written++] = ALPHABET_CODES[(bits << (5 - bitCount)) & 31]!;
  return characters.toString("latin1", 0, written);
}

/** The table number in an id; null when alphabet, length or checksum say that it is not an id. */
export function tableNumberOfId(id: string): number | null {
  if (id.length < MIN_LENGTH || id.length > MAX_LENGTH) return null;
  let length = 0;
  let bits = 0;
  let bitCount = 0;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    const digit = code < 128 ? DIGIT_OF_CODE[code]! : INVALID;
    if (digit === INVALID) return null;
    bits = (bits << 5) | digit;
    bitCount += 5;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length++] = bits >> bitCount;
      bits &= (1 << bitCount) - 1;
    }
  }
  // Left-over bits are fewer than a character and zero: every document has one spelling.
  if (bits !== 0 || bitCount >= 5) return null;
  return decodedTableNumber(length);
}

/** Length of every id of that table, in characters. */
export function idLength(tableNumber: number): number {
  let tableBytes = 1;
  for (let rest = tableNumber; rest >= 0x80; rest = Math.floor(rest / 0x80)) tableBytes++;
  return Math.ceil(((tableBytes + INTERNAL_BYTES + CHECKSUM_BYTES) * 8) / 5);
}

function decodedTableNumber(length: number): number | null {
  let tableNumber = 0;
  let position = 0;
  let scale = 1;
  for (; ; position++) {
    if (position === 5) return null;
    const byte = bytes[position]!;
    tableNumber += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if (byte === 0 && position > 0) return null;
      break;
    }
    scale *= 0x80;
  }
  const checked = position + 1 + INTERNAL_BYTES;
  if (tableNumber === 0 || tableNumber > 0xffffffff || length !== checked + CHECKSUM_BYTES) {
    return null;
  }
  const checksum = bytes[checked]! | (bytes[checked + 1]! << 8);
  return fletcher16(checked) === checksum ? tableNumber : null;
}

/** Fletcher-16 with modulus 256 of the first `length` bytes (RFC 1145, appendix I). */
function fletcher16(length: number): number {
  let low = 0;
  let high = 0;
  for (let i = 0; i < length; i++) {
    low = (low + bytes[i]!) & 0xff;
    high = (high + low) & 0xff;
  }
  return (high << 8) | low;
}
