/** Function arguments coming in, and results going out as plain JSON. */
import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import { measure } from "../../codec/json.ts";
import type { JsonObject } from "../../types.ts";
import { badRequest } from "./errors.ts";

/**
 * The single arguments object of a call, from `[object]`, `object` or nothing. Refuses with a 400
 * anything that is no Convex value: numbers out of range such as 1e400, lone surrogates, values that
 * are too deep, malformed `{$integer}` encodings.
 */
export function parseArgs(json: unknown): JsonObject {
  const args = Array.isArray(json) && json.length <= 1 ? (json[0] ?? {}) : (json ?? {});
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    throw badRequest("BadArguments", "args must be an object, or an array with one object.");
  }
  try {
    checkNumbers(args as JSONValue);
    measure(args as JSONValue);
    const value = jsonToConvex(args as JSONValue);
    if (typeof value !== "object" || value === null || value instanceof ArrayBuffer) {
      throw new Error("args must be an object.");
    }
  } catch (error) {
    throw badRequest("BadArguments", error instanceof Error ? error.message : String(error));
  }
  return args as JsonObject;
}

/** JSON.parse turns 1e400 into Infinity, which Convex only knows as `{$float}`. */
function checkNumbers(value: JSONValue): void {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error("A number is out of range.");
  } else if (typeof value === "object" && value !== null) {
    for (const child of Array.isArray(value) ? value : Object.values(value)) checkNumbers(child);
  }
}

/** A value in plain JSON, which loses what only some types have: int64 and bytes become strings. */
export function plainValue(value: JSONValue): JSONValue {
  return plain(jsonToConvex(value));
}

function plain(value: Value): JSONValue {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, plain(field as Value)]),
    );
  }
  return value;
}
