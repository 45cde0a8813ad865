/** What may go into a function and come out of it, with Convex's numbers and words. */
import type { JSONValue } from "convex/values";
import { InvalidValueError, measure } from "../codec/json.ts";
import { FunctionError } from "./errors.ts";
import type { JsonObject } from "../types.ts";

const MIB = 1 << 20;
const MAX_BYTES = 16 * MIB;
/** Arguments travel as an array with one object. */
const ARRAY_BYTES = 2;

/** Refuses arguments of more than 16 MiB and what is no Convex value; `path` is `module.js:function`. */
export function checkArgumentsSize(path: string, args: JsonObject): void {
  const size = ARRAY_BYTES + sizeOf(args, (problem) => `Invalid arguments for ${path}: ${problem}`);
  if (size > MAX_BYTES) throw tooLarge(`Arguments for ${path} are too large`, size);
}

/** Refuses a result of more than 16 MiB and one that is no Convex value, such as an array of 8,193. */
export function checkResultSize(path: string, value: JSONValue): void {
  const size = sizeOf(value, (problem) => `Function ${path} return value invalid: ${problem}`);
  if (size > MAX_BYTES) throw tooLarge(`Function ${path} return value is too large`, size);
}

function sizeOf(value: JSONValue, explain: (problem: string) => string): number {
  try {
    return measure(value).size;
  } catch (error) {
    if (error instanceof InvalidValueError) throw new FunctionError(explain(error.message));
    throw error;
  }
}

function tooLarge(what: string, bytes: number): FunctionError {
  return new FunctionError(`${what} (actual: ${mebibytes(bytes)}, limit: ${mebibytes(MAX_BYTES)})`);
}

/** At most two decimals: "16 MiB", "16.5 MiB". */
function mebibytes(bytes: number): string {
  return `${Number((bytes / MIB).toFixed(2))} MiB`;
}
