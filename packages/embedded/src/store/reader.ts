/** Reads of documents: by id, as a stream, by page. Of a transaction or of the committed snapshot. */
import { tableNumberOfId } from "../codec/ids.ts";
import { afterKey, lastText } from "../codec/keys.ts";
import { documentKey, TABLE_NAMES, tableNameKey, type Catalog, type Table } from "./catalog.ts";
import { storedSize, storedText } from "./document.ts";
import { DatabaseError } from "./errors.ts";
import type { Budget } from "./limits.ts";
import type { Committed } from "./memtable.ts";
import type { Overlay } from "./overlay.ts";
import { readPage } from "./paginate.ts";
import { compileOperators, compileRange, findIndex, querySource } from "./query.ts";
import { addRange } from "./readSet.ts";
import { RepeatedQueries } from "./repeatedQueries.ts";
import { Rows, type RowQuery } from "./rows.ts";
import { Scan, type ScanRange } from "./scan.ts";
import type {
  ComponentPath,
  DocumentStream,
  Page,
  PageOptions,
  QueryJson,
  Reader,
  ReadSet,
} from "../types.ts";

const EMPTY_STREAM: DocumentStream = { next: () => null, close: () => {} };

/** What a reader stands on. */
interface ReaderBase {
  catalog: Catalog;
  committed: Committed;
  budget: Budget;
  /** The writes of the own transaction; null reads the committed snapshot. */
  overlay: Overlay | null;
  /** Where reads are recorded; null records none. */
  readSet: ReadSet | null;
}

export class SnapshotReader implements Reader {
  readonly #base: ReaderBase;
  readonly #repeated = new RepeatedQueries(this);

  constructor(base: ReaderBase) {
    this.#base = base;
  }

  get(
    component: ComponentPath,
    id: string,
    table: string | undefined,
    isSystem: boolean,
  ): string | null {
    const found = this.tableOfId(component, id, table, "get");
    this.countQuery();
    this.#base.readSet?.documentIds.add(id);
    if (found === undefined) return null;
    checkSystem(found.name, isSystem);
    const stored = this.stored(found, id);
    if (stored === null) return null;
    this.countRow(stored);
    return storedText(stored);
  }

  stream(component: ComponentPath, json: QueryJson, isSystem: boolean): DocumentStream {
    const query = this.rowQuery(component, json, isSystem);
    return query === null ? EMPTY_STREAM : new Rows(this, query);
  }

  streamOfCall(component: ComponentPath, text: string): DocumentStream {
    return this.#repeated.stream(component, text);
  }

  /** A query understood and counted; null when its table does not exist. */
  rowQuery(component: ComponentPath, query: QueryJson, isSystem: boolean): RowQuery | null {
    const source = querySource(query);
    checkSystem(source.table, isSystem);
    const operators = compileOperators(query);
    this.countQuery();
    const table = this.table(component, source.table);
    if (table === undefined) return null;
    return { table, range: compileRange(query, findIndex(table, source.index)), operators };
  }

  countQuery(): void {
    this.#base.budget.countQuery();
  }

  countRow(stored: string): void {
    this.#base.budget.countRead(storedSize(stored));
  }

  /** Grows with everything the own transaction writes to a table, and takes back. */
  writesTo(table: Table): number {
    return this.#base.overlay?.writesTo(table) ?? 0;
  }

  paginate(
    component: ComponentPath,
    query: QueryJson,
    options: PageOptions,
    isSystem: boolean,
  ): Page {
    checkSystem(querySource(query).table, isSystem);
    this.countQuery();
    return readPage(this, this.#base.budget, component, query, options);
  }

  count(component: ComponentPath, tableName: string): number {
    const table = this.table(component, tableName);
    if (table === undefined) return 0;
    const { number: indexNumber, prefix, end } = table.indexes[0]!;
    const scan = this.scan({ indexNumber, lo: prefix, hi: end, reverse: false });
    let count = 0;
    while (scan.next() !== null) count++;
    return count;
  }

  /** The table of that name; its absence counts as read. */
  table(component: ComponentPath, name: string): Table | undefined {
    const table = this.knownTable(component, name);
    if (table === undefined && this.#base.readSet !== null) {
      const key = tableNameKey(component, name);
      addRange(this.#base.readSet, TABLE_NAMES, { lo: key, hi: afterKey(key) });
    }
    return table;
  }

  knownTable(component: ComponentPath, name: string): Table | undefined {
    return (
      this.#base.catalog.table(component, name) ?? this.#base.overlay?.newTable(component, name)
    );
  }

  knownTableByNumber(component: ComponentPath, number: number): Table | undefined {
    return (
      this.#base.catalog.tableByNumber(component, number) ??
      this.#base.overlay?.newTables.find(
        (table) => table.component === component && table.number === number,
      )
    );
  }

  /**
   * The table of an id; undefined when there is none with its number. Refuses what is not an id and
   * ids of another table than `expected`, in the words of the method that was called.
   */
  tableOfId(
    component: ComponentPath,
    id: string,
    expected: string | undefined,
    method: string,
  ): Table | undefined {
    const number = typeof id === "string" ? tableNumberOfId(id) : null;
    if (number === null) {
      throw new DatabaseError(
        "InvalidId",
        `Invalid argument \`id\` for \`db.${method}\`: Unable to decode ID: "${String(id).slice(0, 100)}" is not a document ID`,
      );
    }
    const table = this.knownTableByNumber(component, number);
    if (expected !== undefined && table !== undefined && table.name !== expected) {
      throw new DatabaseError(
        "InvalidId",
        `Invalid argument \`id\` for \`db.${method}\`, expected ID in table '${expected}' but got ID in table '${table.name}'`,
      );
    }
    return table;
  }

  /** The stored form of a document, recorded and counted nowhere. */
  stored(table: Table, id: string): string | null {
    const change = this.#base.overlay?.changes.get(id);
    if (change !== undefined) return change.after?.stored ?? null;
    return this.#base.committed.get(documentKey(table, id));
  }

  /** A scan whose consumed part counts as read. */
  scan(range: ScanRange, expected: number | null = null): Scan {
    const { committed, overlay, readSet } = this.#base;
    const scan = new Scan(committed, overlay, range, expected);
    if (readSet !== null) addRange(readSet, range.indexNumber, scan.consumed);
    return scan;
  }

  /** The document an index key belongs to, counted as read. */
  documentOfKey(table: Table, key: Buffer): string {
    const id = lastText(key, table.idLength);
    const stored = this.stored(table, id);
    if (stored === null) {
      throw new Error(`The index row of document ${id} in table ${table.name} has no document`);
    }
    this.countRow(stored);
    return stored;
  }
}

function checkSystem(table: string, isSystem: boolean): void {
  if (table.startsWith("_") === isSystem) return;
  throw new DatabaseError(
    "InvalidTable",
    isSystem
      ? `User tables cannot be read through db.system: use db for "${table}".`
      : `System tables can only be read through db.system: "${table}".`,
  );
}
