/**
 * Order-preserving index keys: comparing the bytes of two keys orders them as Convex's
 * `compareValues` orders the encoded values, field by field.
 *
 * A key is a 4-byte index number followed by one encoded value per field. Every value starts with a
 * tag byte, and a value is always followed by a tag, by the 0 that ends an array, or by nothing. All
 * of these are below 0xff, so `[p, p + 0xff)` holds exactly the keys that continue prefix `p`: a
 * string's 0 terminator continued by 0xff is an escaped 0 inside a longer string, not a next field.
 */
import type { JSONValue } from "convex/values";
import { specialKey } from "./json.ts";
import type { JsonObject } from "../types.ts";

const END = 0x00;
const UNDEFINED = 0x01;
const NULL = 0x02;
const INT64 = 0x03;
const FLOAT64 = 0x04;
const FALSE = 0x05;
const TRUE = 0x06;
const STRING = 0x07;
const BYTES = 0x08;
const ARRAY = 0x09;
const OBJECT = 0x0a;
const ESCAPE = 0xff;

export const INDEX_NUMBER_BYTES = 4;

// One scratch buffer for all keys: encoding is synchronous and ends with a copy.
let scratch = Buffer.allocUnsafe(8192);
let length = 0;

/** The 4 bytes every key of an index starts with. */
export function indexPrefix(indexNumber: number): Buffer {
  const prefix = Buffer.allocUnsafe(INDEX_NUMBER_BYTES);
  prefix.writeUInt32BE(indexNumber);
  return prefix;
}

/** `prefix` followed by the encoded values; undefined stands for a missing field. */
export function encodeKey(prefix: Buffer, values: ReadonlyArray<JSONValue | undefined>): Buffer {
  length = 0;
  reserve(prefix.length);
  length = prefix.copy(scratch);
  for (const value of values) writeValue(value);
  const key = Buffer.allocUnsafe(length);
  scratch.copy(key, 0, 0, length);
  return key;
}

/** The first key behind every key that continues `prefix`. */
export function afterPrefix(prefix: Buffer): Buffer {
  return append(prefix, ESCAPE);
}

/** The first key behind `key` itself. */
export function afterKey(key: Buffer): Buffer {
  return append(key, END);
}

/** The string that ends `key` as its last field; it is known to have `textLength` ASCII characters. */
export function lastText(key: Buffer, textLength: number): string {
  return key.toString("latin1", key.length - textLength - 1, key.length - 1);
}

function append(bytes: Buffer, last: number): Buffer {
  const longer = Buffer.allocUnsafe(bytes.length + 1);
  bytes.copy(longer);
  longer[bytes.length] = last;
  return longer;
}

function reserve(count: number): void {
  if (length + count <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, length + count));
  scratch.copy(larger, 0, 0, length);
  scratch = larger;
}

function writeByte(byte: number): void {
  reserve(1);
  scratch[length++] = byte;
}

function writeValue(value: JSONValue | undefined): void {
  if (value === undefined) return writeByte(UNDEFINED);
  if (value === null) return writeByte(NULL);
  if (typeof value === "number") return writeFloat(value);
  if (typeof value === "boolean") return writeByte(value ? TRUE : FALSE);
  if (typeof value === "string") return writeText(value);
  if (Array.isArray(value)) {
    writeByte(ARRAY);
    for (const element of value) writeValue(element);
    return writeByte(END);
  }
  const special = specialKey(value);
  if (special !== null) return writeSpecial(value, special);
  writeByte(OBJECT);
  for (const name of Object.keys(value).sort()) {
    writeText(name);
    writeValue(value[name]);
  }
  writeByte(END);
}

function writeSpecial(value: JsonObject, key: string): void {
  const content = value[key];
  // A pending commit timestamp has the place of the largest int64, as in `compareValues`.
  if (key === "$commitTs") return writeInteger(0xffff_ffff_ffff_ffffn);
  if (key === "$undefined") return writeByte(UNDEFINED);
  if (typeof content !== "string") throw new Error(`Malformed ${key} in a Convex value`);
  const bytes = Buffer.from(content, "base64");
  if (key === "$bytes") {
    writeByte(BYTES);
    reserve(bytes.length);
    const start = length;
    length += bytes.copy(scratch, start);
    return escapeFrom(start);
  }
  if (bytes.length !== 8) throw new Error(`Malformed ${key} in a Convex value`);
  if (key === "$integer") return writeInteger(bytes.readBigUInt64LE() ^ (1n << 63n));
  if (key === "$float") return writeFloat(bytes.readDoubleLE());
  throw new Error(`Unknown Convex value ${key}`);
}

function writeInteger(biased: bigint): void {
  reserve(9);
  scratch[length] = INT64;
  scratch.writeBigUInt64BE(biased, length + 1);
  length += 9;
}

function writeFloat(value: number): void {
  reserve(9);
  scratch[length] = FLOAT64;
  scratch.writeDoubleBE(value, length + 1);
  if (scratch[length + 1]! < 0x80) scratch[length + 1]! |= 0x80;
  else for (let i = length + 1; i < length + 9; i++) scratch[i] = ~scratch[i]! & 0xff;
  length += 9;
}

function writeText(text: string): void {
  reserve(text.length * 3 + 2);
  scratch[length++] = STRING;
  const start = length;
  length += scratch.write(text, start);
  escapeFrom(start);
}

/** Escapes the zeros written since `start` and terminates them. */
function escapeFrom(start: number): void {
  let zeros = 0;
  for (let i = start; i < length; i++) if (scratch[i] === END) zeros++;
  reserve(zeros + 1);
  if (zeros > 0) {
    let to = length + zeros;
    for (let from = length - 1; from >= start; from--) {
      const byte = scratch[from]!;
      if (byte === END) scratch[--to] = ESCAPE;
      scratch[--to] = byte;
    }
    length += zeros;
  }
  scratch[length++] = END;
}
