/** From what a transaction changed to the rows of its commit, and to the keys it touched. */
import type { JSONValue } from "convex/values";
import { integerToJson, resolveCommitTs } from "../codec/json.ts";
import { indexKeys, TABLE_NAMES, tableNameKey } from "./catalog.ts";
import type { Row } from "./disk.ts";
import { storeDocument } from "./document.ts";
import { hostKey } from "./hostRows.ts";
import { isSameKey, type Change, type Overlay, type Version } from "./overlay.ts";
import type { JsonObject } from "../types.ts";

/** The changes with every pending commit timestamp made real. */
export function resolveChanges(
  changes: ReadonlyMap<string, Change>,
  ts: bigint,
): Map<string, Change> {
  const integer = integerToJson(ts);
  return new Map(
    [...changes].map(([id, change]) => [
      id,
      change.after?.pending ? { ...change, after: resolveVersion(change, integer) } : change,
    ]),
  );
}

function resolveVersion({ table, after }: Change, ts: JsonObject): Version {
  const document = resolveCommitTs(after!.document, ts) as JsonObject;
  const { stored } = storeDocument(document);
  return { stored, document, keys: indexKeys(table.indexes, document), pending: false };
}

/** The rows that bring the changes and the host rows to the disk, with the commit's timestamp. */
export function rowsOf(changes: ReadonlyMap<string, Change>, overlay: Overlay, ts: bigint): Row[] {
  const rows: Row[] = [];
  for (const { before, after, table } of changes.values()) {
    for (let i = 0; i < table.indexes.length; i++) {
      const oldKey = before?.keys[i];
      const newKey = after?.keys[i];
      // The first index is by_id, whose row holds the document.
      if (i === 0 && after !== null) rows.push({ key: newKey!, value: after.stored });
      if (isSameKey(oldKey, newKey)) continue;
      if (oldKey !== undefined) rows.push({ key: oldKey, value: null });
      if (i > 0 && newKey !== undefined) rows.push({ key: newKey, value: "" });
    }
  }
  for (const [key, value] of overlay.hostRows) {
    rows.push({ key: hostKey(key), value: value === undefined ? null : hostText(value, ts) });
  }
  return rows;
}

/** Like a document, a kept answer may hold the commit timestamp, which is known only now. */
function hostText(value: JSONValue, ts: bigint): string {
  const text = JSON.stringify(value);
  if (!text.includes('{"$commitTs":null}')) return text;
  return JSON.stringify(resolveCommitTs(value, integerToJson(ts)));
}

/** Every index key that a change removed, added or left in place, by index number. */
export function touchedKeys(
  changes: ReadonlyMap<string, Change>,
  overlay: Overlay,
): Map<number, Buffer[]> {
  const keys = new Map<number, Buffer[]>();
  const add = (indexNumber: number, key: Buffer) => {
    const known = keys.get(indexNumber);
    if (known === undefined) keys.set(indexNumber, [key]);
    else known.push(key);
  };
  for (const { before, after, table } of changes.values()) {
    table.indexes.forEach(({ number }, i) => {
      const oldKey = before?.keys[i];
      const newKey = after?.keys[i];
      if (oldKey !== undefined) add(number, oldKey);
      if (newKey !== undefined && !isSameKey(oldKey, newKey)) add(number, newKey);
    });
  }
  for (const { component, name } of overlay.newTables) {
    add(TABLE_NAMES, tableNameKey(component, name));
  }
  return keys;
}
