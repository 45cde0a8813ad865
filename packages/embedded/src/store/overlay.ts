/** What a transaction has written and not committed, and how to undo it. */
import type { JSONValue } from "convex/values";
import { tableNameKey, type Table } from "./catalog.ts";
import { SortedMap } from "./sortedMap.ts";
import type { ComponentPath, JsonObject } from "../types.ts";

/** One state of a document: its stored form, and its key in every index of the table. */
export interface Version {
  stored: string;
  /** What `stored` holds, parsed; nobody changes it. */
  document: JsonObject;
  keys: readonly Buffer[];
  /** True while it holds an unresolved commit timestamp. */
  pending: boolean;
}

/** A document before and after the transaction; null where it does not exist. */
export interface Change {
  table: Table;
  before: Version | null;
  after: Version | null;
}

/** True when a document keeps its key: both are there and equal. */
export function isSameKey(oldKey: Buffer | undefined, newKey: Buffer | undefined): boolean {
  if (oldKey === undefined || newKey === undefined) return false;
  return oldKey === newKey || oldKey.equals(newKey);
}

export class Overlay {
  readonly changes = new Map<string, Change>();
  /** New values of host rows; undefined where one was deleted. */
  readonly hostRows = new Map<string, JSONValue | undefined>();
  /** Tables that get their first document here. */
  readonly #newTables = new Map<string, Table>();
  /** Index number -> index keys that are there (true) or gone (false), whatever was committed. */
  readonly #keys = new Map<number, SortedMap<boolean>>();
  readonly #writes = new Map<Table, number>();
  readonly #undo: Array<() => void> = [];

  get empty(): boolean {
    return this.changes.size === 0 && this.hostRows.size === 0 && this.#newTables.size === 0;
  }

  get newTables(): Table[] {
    return [...this.#newTables.values()];
  }

  newTable(component: ComponentPath, name: string): Table | undefined {
    return this.#newTables.get(tableNameKey(component, name).toString("latin1"));
  }

  keys(indexNumber: number): SortedMap<boolean> | undefined {
    return this.#keys.get(indexNumber);
  }

  addTable(table: Table): void {
    const key = tableNameKey(table.component, table.name).toString("latin1");
    this.#newTables.set(key, table);
    this.#undo.push(() => {
      this.#newTables.delete(key);
      this.#countWrite(table);
    });
  }

  /** Replaces a document; `before` is its committed state, used when it was not changed yet. */
  setDocument(table: Table, id: string, before: Version | null, after: Version | null): void {
    const previous = this.changes.get(id);
    this.#countWrite(table);
    this.#undo.push(() => this.#countWrite(table));
    this.#set(this.changes, id, { table, before: previous ? previous.before : before, after });
    const current = previous ? previous.after : before;
    table.indexes.forEach((index, position) => {
      const oldKey = current?.keys[position];
      const newKey = after?.keys[position];
      if (isSameKey(oldKey, newKey)) return;
      if (oldKey !== undefined) this.#setKey(index.number, oldKey, false);
      if (newKey !== undefined) this.#setKey(index.number, newKey, true);
    });
  }

  /** Grows with every write to a table, and when one is taken back. */
  writesTo(table: Table): number {
    return this.#writes.get(table) ?? 0;
  }

  setHostRow(key: string, value: JSONValue | undefined): void {
    this.#set(this.hostRows, key, value);
  }

  /** Runs when what was done since the savepoint is rolled back. */
  onUndo(undo: () => void): void {
    this.#undo.push(undo);
  }

  savepoint(): number {
    return this.#undo.length;
  }

  rollbackTo(savepoint: number): void {
    while (this.#undo.length > savepoint) this.#undo.pop()!();
  }

  #countWrite(table: Table): void {
    this.#writes.set(table, this.writesTo(table) + 1);
  }

  #set<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
    if (map.has(key)) {
      const previous = map.get(key) as Value;
      this.#undo.push(() => map.set(key, previous));
    } else {
      this.#undo.push(() => map.delete(key));
    }
    map.set(key, value);
  }

  #setKey(indexNumber: number, key: Buffer, present: boolean): void {
    let keys = this.#keys.get(indexNumber);
    if (keys === undefined) this.#keys.set(indexNumber, (keys = new SortedMap()));
    const index = keys;
    const previous = index.get(key);
    index.set(key, present);
    this.#undo.push(() => {
      if (previous === undefined) index.delete(key);
      else index.set(key, previous);
    });
  }
}
