/**
 * An import on its way: its rows are written under index numbers of their own, where nobody reads them, in as
 * many pieces as it takes, and become the tables in one step at the end.
 */
import { setImmediate } from "node:timers/promises";
import { newId, tableNumberOfId } from "../codec/ids.ts";
import { afterKey } from "../codec/keys.ts";
import { InvalidValueError } from "../codec/json.ts";
import { clearIndex, clearList, STAGING_KEY } from "./aside.ts";
import {
  indexKeys,
  makeTable,
  toTableRecord,
  type Catalog,
  type Index,
  type Table,
} from "./catalog.ts";
import type { Disk, Row } from "./disk.ts";
import { parseStored, storeDocument } from "./document.ts";
import { StoreError } from "./errors.ts";
import { MAX_TABLES, TOO_MANY_TABLES } from "./limits.ts";
import { CREATION_TIME_STEP } from "./transaction.ts";
import { validate } from "./validators.ts";
import { checkTableName } from "./writeChecks.ts";
import type { ImportMode, ImportTable, JsonObject, StagedImport } from "../types.ts";

/** Rows are written in pieces of about so many characters. */
const PIECE_LENGTH = 4_000_000;
const ROWS_AT_ONCE = 4000;
const DOCUMENTS_AT_ONCE = 1000;

/** One table of an import. */
interface Target {
  /** As it was when the import began; undefined for a new one. */
  before: Table | undefined;
  /** Where its rows wait. */
  staged: Table;
  documents: number;
  /** The rows join those of `before` instead of replacing them. */
  joins: boolean;
}

/** The refusal of an import; nothing has changed then. */
function refusal(message: string): StoreError {
  return new StoreError("IMPORT", message);
}

export class Staging implements StagedImport {
  readonly #disk: Disk;
  /** Of the moment: a deploy replaces it. */
  readonly #catalog: () => Catalog;
  readonly #mode: ImportMode;
  readonly #targets: Target[] = [];
  #rows: Row[] = [];
  #length = 0;
  #creationTime = 0;

  constructor(disk: Disk, catalog: () => Catalog, mode: ImportMode) {
    this.#disk = disk;
    this.#catalog = catalog;
    this.#mode = mode;
  }

  async addTable({ component, name, number }: ImportTable): Promise<void> {
    if (this.#find(component, name) !== undefined) return;
    checkTableName(name);
    const catalog = this.#catalog();
    const before = catalog.table(component, name);
    const joins = this.#mode === "append" && before !== undefined;
    if (joins && number !== null && number !== before.number && !isEmpty(this.#disk, before)) {
      throw refusal(
        `Table "${name}" has other ids here than in the file, so its documents cannot be appended. Import with --replace, or remove the _id fields.`,
      );
    }
    const record = toTableRecord(before ?? catalog.newTable(component, name));
    const staged = makeTable(component, name, {
      ...record,
      number: (joins ? before.number : number) ?? record.number,
      byId: catalog.newIndexNumber(),
      byCreationTime: catalog.newIndexNumber(),
      indexes: record.indexes.map((index) => ({ ...index, number: catalog.newIndexNumber() })),
    });
    this.#targets.push({ before, staged, documents: 0, joins });
    const numbers = this.#targets.flatMap((one) => one.staged.indexes.map((index) => index.number));
    this.#disk.writeNow((put) => put({ key: STAGING_KEY, value: JSON.stringify(numbers) }));
  }

  async put(table: ImportTable, fields: JsonObject, line: number): Promise<void> {
    const target = this.#find(table.component, table.name);
    if (target === undefined) throw new Error(`Table ${table.name} was not added to the import`);
    const { staged } = target;
    try {
      const document = this.#withSystemFields(staged, fields);
      const { stored } = storeDocument(document);
      indexKeys(staged.indexes, document).forEach((key, i) => {
        this.#rows.push({ key, value: i === 0 ? stored : "" });
      });
      this.#length += stored.length;
    } catch (error) {
      if (!(error instanceof InvalidValueError || error instanceof StoreError)) throw error;
      throw refusal(`Row ${line} of table "${staged.name}": ${error.message}`);
    }
    target.documents++;
    if (this.#length > PIECE_LENGTH || this.#rows.length > ROWS_AT_ONCE) await this.flush();
  }

  /** Apart from the commits of the moment: a disk that is too full for an import must not fail those. */
  async flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    this.#length = 0;
    this.#disk.writeNow((put) => rows.forEach(put));
    await setImmediate();
  }

  abort(): void {
    this.#rows = [];
    this.#length = 0;
    this.#disk.refresh();
    clearList(this.#disk, STAGING_KEY);
  }

  /** The catalog with the imported tables in it. Refuses when a deploy or a write came in between. */
  catalogAfter(): Catalog {
    const catalog = this.#catalog().copy();
    for (const { before, staged, documents, joins } of this.#targets) {
      const now = catalog.table(staged.component, staged.name);
      if (
        JSON.stringify(now && toTableRecord(now)) !==
        JSON.stringify(before && toTableRecord(before))
      ) {
        throw refusal(`A deploy changed table "${staged.name}" during the import. Import again.`);
      }
      if (this.#mode === "requireEmpty" && before !== undefined && !isEmpty(this.#disk, before)) {
        throw refusal(tableExists(staged.name));
      }
      if (countRows(this.#disk, staged.indexes[0]) !== documents) {
        throw refusal(`Two documents of table "${staged.name}" have the same _id.`);
      }
      if (!joins) catalog.put(staged);
    }
    if (this.#mode === "replaceAll") this.#dropOthers(catalog);
    if (catalog.userTables > MAX_TABLES) throw refusal(TOO_MANY_TABLES);
    for (const { staged } of this.#targets) {
      const namesakes = catalog
        .tables(staged.component)
        .filter((one) => one.number === staged.number);
      if (namesakes.length > 1) {
        throw refusal(
          `The ids of table "${staged.name}" are those of table "${namesakes.find((one) => one.name !== staged.name)?.name}" here. Import both, or into a new deployment.`,
        );
      }
    }
    return catalog;
  }

  /** Tables whose documents may refer to ids of other tables now. */
  renumbered(): boolean {
    return this.#targets.some(
      ({ before, staged }) => before !== undefined && before.number !== staged.number,
    );
  }

  /** Brings the rows to where they are read, and removes those they replace; inside one write. */
  activate(put: (row: Row) => void): void {
    for (const { before, staged, joins } of this.#targets) {
      if (before === undefined) continue;
      if (joins) this.#join(before, staged, put);
      else for (const { number } of before.indexes) clearIndex(this.#disk, number, put);
    }
    if (this.#mode === "replaceAll") {
      for (const table of this.#others(this.#catalog())) {
        for (const { number } of table.indexes) clearIndex(this.#disk, number, put);
      }
    }
    put({ key: STAGING_KEY, value: null });
  }

  #join(before: Table, staged: Table, put: (row: Row) => void): void {
    for (const stored of storedDocuments(this.#disk, staged)) {
      const document = parseStored(stored);
      const keys = indexKeys(before.indexes, document);
      if (keys[0] !== undefined && this.#disk.has(keys[0])) {
        throw refusal(`Table "${before.name}" has a document with the same _id already.`);
      }
      keys.forEach((key, i) => put({ key, value: i === 0 ? stored : "" }));
    }
    for (const { number } of staged.indexes) clearIndex(this.#disk, number, put);
  }

  #others(catalog: Catalog): Table[] {
    return catalog
      .allTables()
      .filter(
        ({ isSystem, component, name }) => !isSystem && this.#find(component, name) === undefined,
      );
  }

  /** A table of the schema stays, without documents: its indexes are empty then. */
  #dropOthers(catalog: Catalog): void {
    for (const table of this.#others(catalog)) {
      if (table.validator === null && table.indexes.length === 2) catalog.remove(table);
    }
  }

  #find(component: string, name: string): Target | undefined {
    return this.#targets.find(
      ({ staged }) => staged.component === component && staged.name === name,
    );
  }

  #withSystemFields(table: Table, fields: JsonObject): JsonObject {
    const { _id = newId(table.number), _creationTime = this.#nextCreationTime(), ...own } = fields;
    if (typeof _id !== "string" || tableNumberOfId(_id) !== table.number) {
      throw refusal(`_id ${JSON.stringify(_id)} is not an id of this table`);
    }
    if (typeof _creationTime !== "number") {
      throw refusal(`_creationTime ${JSON.stringify(_creationTime)} is not a time in milliseconds`);
    }
    const system = Object.keys(own).find((field) => field.startsWith("_"));
    if (system !== undefined) throw refusal(`field ${system} starts with an underscore`);
    const problem =
      table.validator === null
        ? null
        : validate(table.validator, own, (id) => this.#tableOfId(table, id));
    if (problem !== null) throw refusal(`it does not match the schema: ${problem}`);
    return { ...own, _id, _creationTime };
  }

  #nextCreationTime(): number {
    this.#creationTime = Math.max(Date.now(), this.#creationTime + CREATION_TIME_STEP);
    return this.#creationTime;
  }

  /** References lead to the tables as they are after the import. */
  #tableOfId({ component }: Table, id: string): string | null {
    const number = tableNumberOfId(id);
    if (number === null) return null;
    const imported = this.#targets.find(
      ({ staged }) => staged.component === component && staged.number === number,
    );
    if (imported !== undefined) return imported.staged.name;
    return this.#catalog().tableByNumber(component, number)?.name ?? null;
  }
}

/** Why a table that is not empty cannot be imported into without saying how. */
export function tableExists(name: string): string {
  return `Table ${name} already exists. Please choose a new table name or use replace/append modes.`;
}

function isEmpty(disk: Disk, table: Table): boolean {
  const [byId] = table.indexes;
  return byId === undefined || disk.keys(byId.prefix, byId.end, 1, false).keys.length === 0;
}

function countRows(disk: Disk, index: Index | undefined): number {
  return index === undefined ? 0 : disk.countRows(index.prefix, index.end);
}

function* storedDocuments(disk: Disk, table: Table): Generator<string> {
  const [byId] = table.indexes;
  if (byId === undefined) return;
  let from = byId.prefix;
  for (;;) {
    const rows = disk.rows(from, byId.end, DOCUMENTS_AT_ONCE);
    for (const { value } of rows) yield value;
    const last = rows.at(-1);
    if (last === undefined) return;
    from = afterKey(last.key);
  }
}
