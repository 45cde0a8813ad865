/** Rows of the host itself: environment, deployed push, answered requests. Invisible to functions. */
import type { JSONValue } from "convex/values";
import { afterPrefix, indexPrefix } from "../codec/keys.ts";
import { HOST_ROWS } from "./catalog.ts";
import type { Committed } from "./memtable.ts";

const PREFIX = indexPrefix(HOST_ROWS);
const LONGEST_KEY_BYTES = 1500;

/** The row key of a host row. */
export function hostKey(key: string): Buffer {
  const bytes = Buffer.concat([PREFIX, Buffer.from(key)]);
  if (bytes.length > LONGEST_KEY_BYTES) throw new Error(`The host row key ${key} is too long`);
  return bytes;
}

/** The rows whose key starts with `prefix`, in key order: those of `written` over the committed ones. */
export function hostRowsOf(
  committed: Committed,
  written: ReadonlyMap<string, JSONValue | undefined>,
  prefix: string,
): Array<[key: string, value: JSONValue]> {
  const lo = hostKey(prefix);
  const rows = new Map<string, JSONValue | undefined>();
  for (const { key, value } of committed.rows(lo, afterPrefix(lo))) {
    rows.set(key.toString("utf8", PREFIX.length), JSON.parse(value) as JSONValue);
  }
  for (const [key, value] of written) if (key.startsWith(prefix)) rows.set(key, value);
  return [...rows]
    .filter((row): row is [string, JSONValue] => row[1] !== undefined)
    .sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}
