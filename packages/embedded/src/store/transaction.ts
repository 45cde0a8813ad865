/** One transaction: reads its own writes over the committed rows, and hands them over at commit. */
import type { JSONValue } from "convex/values";
import { newId, tableNumberOfId } from "../codec/ids.ts";
import { indexKeys, type Catalog, type Table } from "./catalog.ts";
import { parseStored, storedSize } from "./document.ts";
import { DatabaseError } from "./errors.ts";
import { hostKey, hostRowsOf } from "./hostRows.ts";
import { Budget, MAX_DOCUMENT_BYTES, MAX_TABLES, TOO_MANY_TABLES } from "./limits.ts";
import type { Committed } from "./memtable.ts";
import { Overlay, type Version } from "./overlay.ts";
import { emptyReadSet } from "./readSet.ts";
import { SnapshotReader } from "./reader.ts";
import { validate } from "./validators.ts";
import {
  checkNoSystemFields,
  checkTableName,
  isUndefined,
  stateOf,
  withoutSystemFields,
} from "./writeChecks.ts";
import type {
  ComponentPath,
  DocumentStream,
  JsonObject,
  Page,
  PageOptions,
  QueryJson,
  Reader,
  Transaction,
  TransactionMetrics,
} from "../types.ts";

/** Smallest distance between two creation times, in milliseconds: they order documents. */
export const CREATION_TIME_STEP = 1 / 4096;
const CREATION_TIME_BYTES = "_creationTime".length + 1 + 9;
const ID_OVERHEAD_BYTES = "_id".length + 1 + 2;

/** A document before this transaction, null when it is new, and as it is now. */
interface States {
  before: Version | null;
  current: Version;
}

interface SystemFields extends JsonObject {
  _creationTime: JSONValue;
  _id: string;
}

export class StoreTransaction implements Transaction {
  readonly kind: "query" | "mutation";
  readonly snapshotTs: bigint;
  readonly nowMs = Date.now();
  readonly readSet = emptyReadSet();
  readonly overlay = new Overlay();
  readonly #catalog: Catalog;
  readonly #committed: Committed;
  readonly #budget = new Budget();
  readonly #reader: SnapshotReader;
  #lastCreationTime: number;

  /** `lastCreationTime`: of the newest document; later ones get later times. */
  constructor(
    kind: "query" | "mutation",
    snapshotTs: bigint,
    catalog: Catalog,
    committed: Committed,
    lastCreationTime: number,
  ) {
    this.kind = kind;
    this.snapshotTs = snapshotTs;
    this.#catalog = catalog;
    this.#committed = committed;
    this.#lastCreationTime = lastCreationTime;
    const { overlay, readSet } = this;
    this.#reader = new SnapshotReader({
      catalog,
      committed,
      budget: this.#budget,
      overlay,
      readSet,
    });
  }

  get(component: ComponentPath, id: string, table: string | undefined, isSystem: boolean) {
    return this.#reader.get(component, id, table, isSystem);
  }

  stream(component: ComponentPath, query: QueryJson, isSystem: boolean): DocumentStream {
    return this.#reader.stream(component, query, isSystem);
  }

  streamOfCall(component: ComponentPath, text: string): DocumentStream {
    return this.#reader.streamOfCall(component, text);
  }

  paginate(
    component: ComponentPath,
    query: QueryJson,
    options: PageOptions,
    isSystem: boolean,
  ): Page {
    return this.#reader.paginate(component, query, options, isSystem);
  }

  count(component: ComponentPath, table: string): number {
    return this.#reader.count(component, table);
  }

  staleSnapshot(): Reader {
    return new SnapshotReader({
      catalog: this.#catalog,
      committed: this.#committed,
      budget: this.#budget,
      overlay: null,
      readSet: null,
    });
  }

  normalizeId(component: ComponentPath, table: string, id: string): string | null {
    const number = tableNumberOfId(id);
    const known = this.#reader.table(component, table);
    return number !== null && known?.number === number ? id : null;
  }

  /** The name of the table an id belongs to, null when there is none. */
  tableOfId(component: ComponentPath, id: string): string | null {
    const number = tableNumberOfId(id);
    if (number === null) return null;
    return this.#reader.knownTableByNumber(component, number)?.name ?? null;
  }

  insert(component: ComponentPath, tableName: string, value: JsonObject): string {
    this.#checkWritable("insert");
    checkNoSystemFields(value);
    const table = this.#tableToInsert(component, tableName);
    this.#lastCreationTime = Math.max(this.nowMs, this.#lastCreationTime + CREATION_TIME_STEP);
    const id = newId(table.number);
    this.#write(table, null, { _creationTime: this.#lastCreationTime, _id: id }, value);
    return id;
  }

  patch(component: ComponentPath, id: string, value: JsonObject, tableName?: string): void {
    const { table, states } = this.#documentToWrite(component, id, tableName, "patch");
    const { _id, _creationTime, ...fields } = states.current.document;
    const changes = withoutSystemFields(value, states.current.document);
    this.#write(table, states, { _creationTime: _creationTime!, _id: id }, merged(fields, changes));
  }

  replace(component: ComponentPath, id: string, value: JsonObject, tableName?: string): void {
    const { table, states } = this.#documentToWrite(component, id, tableName, "replace");
    const { document } = states.current;
    const fields = withoutSystemFields(value, document);
    this.#write(table, states, { _creationTime: document["_creationTime"]!, _id: id }, fields);
  }

  remove(component: ComponentPath, id: string, tableName?: string): void {
    const { table, states } = this.#documentToWrite(component, id, tableName, "delete");
    this.#set(table, id, states.before, null, 0);
  }

  savepoint(): number {
    return this.overlay.savepoint();
  }

  rollbackTo(savepoint: number): void {
    this.overlay.rollbackTo(savepoint);
  }

  metrics(): TransactionMetrics {
    return { ...this.#budget.used };
  }

  get lastCreationTime(): number {
    return this.#lastCreationTime;
  }

  /** The limits in force: `remaining` of a metric is its limit less its use. */
  limits(): TransactionMetrics {
    return { ...this.#budget.limits };
  }

  /** Until the returned function is called: at most `requested` more use, and never more than is left. */
  narrowLimits(requested: Partial<TransactionMetrics>): () => void {
    const outer = this.#budget.narrow(requested);
    return () => (this.#budget.limits = outer);
  }

  uncounted<T>(body: () => T): T {
    const before = this.#budget.isSuspended;
    this.#budget.isSuspended = true;
    try {
      return body();
    } finally {
      this.#budget.isSuspended = before;
    }
  }

  countScheduled(argsBytes: number): void {
    this.overlay.onUndo(() => this.#budget.uncountScheduled(argsBytes));
    this.#budget.countScheduled(argsBytes);
  }

  hostGet(key: string): JSONValue | undefined {
    if (this.overlay.hostRows.has(key)) return this.overlay.hostRows.get(key);
    const text = this.#committed.get(hostKey(key));
    return text === null ? undefined : (JSON.parse(text) as JSONValue);
  }

  hostPut(key: string, value: JSONValue): void {
    this.#checkWritable("hostPut");
    hostKey(key);
    this.overlay.setHostRow(key, value);
  }

  hostDelete(key: string): void {
    this.#checkWritable("hostDelete");
    this.overlay.setHostRow(key, undefined);
  }

  hostRange(prefix: string): Array<[key: string, value: JSONValue]> {
    return hostRowsOf(this.#committed, this.overlay.hostRows, prefix);
  }

  #write(table: Table, states: States | null, system: SystemFields, fields: JsonObject): void {
    const id = system._id;
    const document: JsonObject = { ...system, ...fields };
    const { stored, size, pending } = stateOf(document, table.isSystem);
    const userBytes = size - CREATION_TIME_BYTES - ID_OVERHEAD_BYTES - id.length;
    if (!table.isSystem && userBytes > MAX_DOCUMENT_BYTES) {
      throw new DatabaseError(
        "InvalidValue",
        `Value is too large (${(userBytes / 2 ** 20).toFixed(2)} MiB > maximum size 1 MiB)`,
      );
    }
    if (table.validator !== null) {
      const problem = validate(table.validator, fields, (reference) =>
        this.tableOfId(table.component, reference),
      );
      if (problem !== null) {
        throw new DatabaseError(
          "SchemaEnforcement",
          `Failed to insert or update a document in table "${table.name}" because it does not match the schema: ${problem}`,
        );
      }
    }
    const keys = indexKeys(table.indexes, document, states?.current);
    const after = { stored, document, keys, pending };
    this.#set(table, id, states?.before ?? null, after, size);
  }

  #set(
    table: Table,
    id: string,
    before: Version | null,
    after: Version | null,
    size: number,
  ): void {
    if (!this.#budget.isSuspended) {
      this.overlay.onUndo(() => this.#budget.uncountWrite(size));
      this.#budget.countWrite(size);
    }
    this.overlay.setDocument(table, id, before, after);
  }

  /** An existing document, counted as read. */
  #documentToWrite(
    component: ComponentPath,
    id: string,
    tableName: string | undefined,
    method: "patch" | "replace" | "delete",
  ): { table: Table; states: States } {
    this.#checkWritable(method);
    const table = this.#reader.tableOfId(component, id, tableName, method);
    const stored = table === undefined ? null : this.#reader.stored(table, id);
    if (table === undefined || stored === null) {
      const action = method === "delete" ? "Delete" : "Update";
      throw new DatabaseError("DocumentNotFound", `${action} on nonexistent document ID ${id}`);
    }
    this.readSet.documentIds.add(id);
    this.#budget.countRead(storedSize(stored));
    const change = this.overlay.changes.get(id);
    if (change?.after) return { table, states: { before: change.before, current: change.after } };
    const document = parseStored(stored);
    const keys = indexKeys(table.indexes, document);
    const current = { stored, document, keys, pending: false };
    return { table, states: { before: current, current } };
  }

  #tableToInsert(component: ComponentPath, name: string): Table {
    const known = this.#reader.knownTable(component, name);
    if (known !== undefined) return known;
    checkTableName(name);
    const table = this.#catalog.newTable(component, name);
    if (!table.isSystem) this.#checkTableCount();
    this.overlay.addTable(table);
    return table;
  }

  #checkTableCount(): void {
    const { newTables } = this.overlay;
    const known = this.#catalog.userTables;
    // Counting them for each new one would take long where there are many.
    if (known + newTables.length < MAX_TABLES) return;
    if (known + newTables.filter(({ isSystem }) => !isSystem).length < MAX_TABLES) return;
    throw new DatabaseError("InvalidTable", TOO_MANY_TABLES);
  }

  #checkWritable(method: string): void {
    if (this.kind === "query") {
      throw new DatabaseError(
        "ReadOnly",
        `Queries cannot write: \`${method}\` can only be called in a mutation.`,
      );
    }
  }
}

/** The fields with the changes of a patch; neither holds names that begin with an underscore. */
function merged(fields: JsonObject, changes: JsonObject): JsonObject {
  const after: JsonObject = {};
  for (const name in fields) {
    const value = Object.hasOwn(changes, name) ? changes[name]! : fields[name]!;
    if (!isUndefined(value)) after[name] = value;
  }
  for (const name in changes) {
    const value = changes[name]!;
    if (!Object.hasOwn(fields, name) && !isUndefined(value)) after[name] = value;
  }
  return after;
}
