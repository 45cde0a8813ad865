/** Convex values in their JSON encoding (`convexToJson`): what they weigh and what they may hold. */
import type { JSONValue } from "convex/values";
import type { JsonObject } from "../types.ts";

const MAX_NESTING = 64;
const MAX_OBJECT_FIELDS = 1024;
const MAX_ARRAY_LENGTH = 8192;
const MAX_FIELD_NAME_LENGTH = 1024;
const NUMBER_SIZE = 9;

/** Why a value cannot be stored; the message is for the developer of the function. */
export class InvalidValueError extends Error {
  override readonly name = "InvalidValueError";
}

/** What one walk over a value finds out. */
interface Measure {
  /** Convex's own size of a value (`getConvexSize`), in bytes. */
  size: number;
  /** Levels of objects and arrays, as Convex counts them: 0 for a number, 1 for an array of numbers. */
  nesting: number;
  /** A field inside the outermost object that begins with an underscore: a document may hold none. */
  nestedSystemField: string | null;
  /** True when it holds `{"$commitTs": null}`, which is known at commit only. */
  pending: boolean;
}

/** The object form of `value`: not an array, and not one of the `$integer`-like encodings. */
export function isPlainObject(value: JSONValue | undefined): value is JsonObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    specialKey(value) === null
  );
}

/** `$integer`, `$float`, `$bytes`, `$commitTs` or `$undefined` when the object encodes such a value. */
export function specialKey(value: JsonObject): string | null {
  for (const key in value) {
    // Field names never start with "$", so the first one decides.
    return key.charCodeAt(0) === 0x24 ? key : null;
  }
  return null;
}

/**
 * Measures a value and refuses what Convex refuses: too deep, too many fields or elements, bad field
 * names, malformed encodings, and strings with lone surrogates (they have no UTF-8 form).
 */
export function measure(value: JSONValue): Measure {
  const found: Measure = { size: 0, nesting: 0, nestedSystemField: null, pending: false };
  measureInto(value, 0, found);
  return found;
}

function measureInto(value: JSONValue, depth: number, found: Measure): void {
  if (value === null || typeof value === "boolean") {
    found.size += 1;
  } else if (typeof value === "number") {
    found.size += NUMBER_SIZE;
  } else if (typeof value === "string") {
    found.size += 2 + utf8Length(value);
  } else {
    if (Array.isArray(value)) {
      measureArray(value, depth + 1, found);
    } else {
      const special = specialKey(value);
      if (special === null) measureObject(value, depth + 1, found);
      else measureSpecial(value, special, found);
    }
  }
}

function measureArray(value: JSONValue[], depth: number, found: Measure): void {
  enter(depth, found);
  if (value.length > MAX_ARRAY_LENGTH) {
    throw new InvalidValueError(
      `Array length is too long (${value.length} > maximum length ${MAX_ARRAY_LENGTH})`,
    );
  }
  found.size += 2;
  for (const element of value) measureInto(element, depth, found);
}

function measureObject(value: JsonObject, depth: number, found: Measure): void {
  enter(depth, found);
  let fields = 0;
  found.size += 2;
  for (const name in value) {
    fields++;
    checkFieldName(name);
    if (depth > 1 && name.charCodeAt(0) === 0x5f) found.nestedSystemField = name;
    found.size += name.length + 1;
    measureInto(value[name]!, depth, found);
  }
  if (fields > MAX_OBJECT_FIELDS) {
    throw new InvalidValueError(
      `Object has too many fields (${fields} > maximum number ${MAX_OBJECT_FIELDS})`,
    );
  }
}

function measureSpecial(value: JsonObject, key: string, found: Measure): void {
  const content = value[key];
  if (key === "$commitTs" && content === null) {
    found.size += NUMBER_SIZE;
    found.pending = true;
  } else if (key === "$bytes" && typeof content === "string") {
    found.size += 2 + Buffer.byteLength(content, "base64");
  } else if ((key === "$integer" || key === "$float") && typeof content === "string") {
    if (Buffer.byteLength(content, "base64") !== 8) {
      throw new InvalidValueError(`Received a malformed ${key}, expected 8 bytes in base64`);
    }
    found.size += NUMBER_SIZE;
  } else {
    checkFieldName(key);
  }
}

function enter(depth: number, found: Measure): void {
  if (depth > found.nesting) found.nesting = depth;
  if (depth > MAX_NESTING) {
    throw new InvalidValueError(
      `Value is too nested (nested ${depth} levels deep > maximum nesting ${MAX_NESTING})`,
    );
  }
}

const INVALID_FIELD_CHARACTER = /[^\x20-\x7e]/;
/** Names that were found valid: documents have the same few again and again. */
const validNames = new Set<string>();
const MAX_VALID_NAMES = 10_000;

function checkFieldName(name: string): void {
  if (validNames.has(name)) return;
  if (name.length > MAX_FIELD_NAME_LENGTH) {
    throw new InvalidValueError(
      `Field name ${name} exceeds maximum field name length ${MAX_FIELD_NAME_LENGTH}.`,
    );
  }
  if (name === "") throw new InvalidValueError("Field names cannot be empty.");
  if (name.charCodeAt(0) === 0x24) {
    throw new InvalidValueError(`Field name ${name} starts with a '$', which is reserved.`);
  }
  const invalid = INVALID_FIELD_CHARACTER.exec(name);
  if (invalid) {
    throw new InvalidValueError(
      `Field name ${name} has invalid character '${invalid[0]}': Field names can only contain non-control ASCII characters`,
    );
  }
  if (validNames.size === MAX_VALID_NAMES) validNames.clear();
  validNames.add(name);
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function utf8Length(text: string): number {
  const length = Buffer.byteLength(text);
  if (length !== text.length && LONE_SURROGATE.test(text)) {
    throw new InvalidValueError(
      `The string ${JSON.stringify(text.slice(0, 100))} holds half of a surrogate pair, which has no UTF-8 form and cannot be stored.`,
    );
  }
  return length;
}

/** An int64 in JSON. */
export function integerToJson(value: bigint): JsonObject {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(value);
  return { $integer: bytes.toString("base64") };
}

/** The value with every pending commit timestamp replaced by `ts`. */
export function resolveCommitTs(value: JSONValue, ts: JsonObject): JSONValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => resolveCommitTs(element, ts));
  if (specialKey(value) !== null) return "$commitTs" in value ? ts : value;
  return mapFields(value, (field) => resolveCommitTs(field, ts));
}

/** A copy of the object with every field's value replaced; safe for fields named `__proto__`. */
function mapFields(value: JsonObject, change: (field: JSONValue) => JSONValue): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, change(field)]));
}

/** The value at a field path; undefined when a step is missing or not an object. */
export function valueAt(document: JsonObject, path: readonly string[]): JSONValue | undefined {
  let value: JSONValue | undefined = document;
  for (const name of path) {
    if (!isPlainObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
