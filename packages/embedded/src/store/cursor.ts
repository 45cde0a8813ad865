/** Cursors: a place in the results of one query, as an opaque string that fits no other query. */
import { createHash } from "node:crypto";
import { INDEX_NUMBER_BYTES } from "../codec/keys.ts";
import type { Index, Table } from "./catalog.ts";
import { DatabaseError } from "./errors.ts";
import type { QueryJson } from "../types.ts";

/** "end", or right behind an index key. */
export type Position = "end" | { after: Buffer };

const FINGERPRINT_BYTES = 12;
const END = 0;
const AFTER = 1;

/** Identifies a query by everything that decides which rows it gives, and in which order. */
export function fingerprint(table: Table, index: Index, query: QueryJson): Buffer {
  const { range, order } = query.source;
  const parts = [table.component, table.name, index.fields, range ?? [], order ?? "asc"];
  return createHash("sha256")
    .update(JSON.stringify([...parts, query.operators]))
    .digest()
    .subarray(0, FINGERPRINT_BYTES);
}

export function encodeCursor(query: Buffer, position: Position): string {
  // The index number is left out: an index that is built anew keeps its cursors.
  const place =
    position === "end"
      ? [Buffer.of(END)]
      : [Buffer.of(AFTER), position.after.subarray(INDEX_NUMBER_BYTES)];
  return Buffer.concat([query, ...place]).toString("base64url");
}

/** The position in a cursor; refuses cursors of other queries and strings that are none. */
export function decodeCursor(query: Buffer, index: Index, cursor: string): Position {
  const bytes = Buffer.from(cursor, "base64url");
  const kind = bytes[FINGERPRINT_BYTES];
  if ((kind !== END && kind !== AFTER) || bytes.toString("base64url") !== cursor) {
    throw new DatabaseError("InvalidCursor", "InvalidCursor: Failed to parse cursor");
  }
  if (!bytes.subarray(0, FINGERPRINT_BYTES).equals(query)) {
    throw new DatabaseError(
      "InvalidCursor",
      "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor is from a different query.",
    );
  }
  if (kind === END) return "end";
  return { after: Buffer.concat([index.prefix, bytes.subarray(FINGERPRINT_BYTES + 1)]) };
}
