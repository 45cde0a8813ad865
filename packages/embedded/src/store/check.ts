/** Looks through a whole data file: every row decodes, every document is in every index, nothing is left over. */
import { tableNumberOfId } from "../codec/ids.ts";
import { lastText } from "../codec/keys.ts";
import {
  documentKey,
  HOST_ROWS,
  indexKeys,
  META_ROWS,
  type Catalog,
  type Index,
  type Table,
} from "./catalog.ts";
import type { Disk } from "./disk.ts";
import { parseStored, storeDocument } from "./document.ts";
import { asideIndexNumbers } from "./aside.ts";
import { validate } from "./validators.ts";
import type { JsonObject } from "../types.ts";

/** What was counted, and what is wrong. */
export interface CheckReport {
  tables: number;
  documents: number;
  indexRows: number;
  /** Rows of the deployment itself: environment, code, scheduled functions, answered requests. */
  hostRows: number;
  problemCount: number;
  /** The first of them, in words. */
  problems: string[];
}

const MAX_PROBLEMS_KEPT = 100;
const KEYS_AT_ONCE = 1000;
const PROGRESS_EVERY_ROWS = 1000;

/**
 * Checks the rows of a data file against its catalog. Reads without a pause, so that everything is of one
 * moment, also while a server writes to the file.
 * @param onProgress told now and then how many rows have been read
 */
export function checkRows(
  disk: Disk,
  catalog: Catalog,
  onProgress: (rows: number) => void = () => {},
): CheckReport {
  return new Check(disk, catalog).run(onProgress);
}

class Check {
  readonly #disk: Disk;
  readonly #catalog: Catalog;
  readonly #owners = new Map<number, { table: Table; index: Index }>();
  readonly #rowsOfIndex = new Map<number, number>();
  readonly #incomplete = new Set<number>();
  /** Rows of an import or a deploy that has not ended belong to no table yet, or no more. */
  readonly #aside: ReadonlySet<number>;
  readonly #report: CheckReport;

  constructor(disk: Disk, catalog: Catalog) {
    this.#disk = disk;
    this.#catalog = catalog;
    this.#aside = new Set(asideIndexNumbers(disk));
    const tables = catalog.allTables();
    for (const table of tables) {
      for (const index of table.indexes) {
        this.#owners.set(index.number, { table, index });
        this.#rowsOfIndex.set(index.number, 0);
      }
    }
    this.#report = {
      tables: tables.length,
      documents: 0,
      indexRows: 0,
      hostRows: 0,
      problemCount: 0,
      problems: [],
    };
  }

  run(onProgress: (rows: number) => void): CheckReport {
    let rows = 0;
    for (const { key, value, isSound } of this.#disk.allRows()) {
      if (!isSound) this.#problem(`the key ${show(key)} is out of order or has a wrong checksum`);
      this.#checkRow(key, value);
      if (++rows % PROGRESS_EVERY_ROWS === 0) onProgress(rows);
    }
    for (const { table, index } of this.#owners.values()) this.#checkIndex(table, index);
    return this.#report;
  }

  #checkRow(key: Buffer, value: string): void {
    const number = key.length < 4 ? -1 : key.readUInt32BE(0);
    if (number === META_ROWS || this.#aside.has(number)) return;
    if (number === HOST_ROWS) {
      this.#report.hostRows++;
      if (!isJson(value)) this.#problem(`the deployment's own row ${show(key)} does not decode`);
      return;
    }
    const owner = this.#owners.get(number);
    if (owner === undefined) {
      this.#problem(`the row ${show(key)} belongs to no index`);
      return;
    }
    this.#rowsOfIndex.set(number, (this.#rowsOfIndex.get(number) ?? 0) + 1);
    if (owner.index === owner.table.indexes[0]) {
      this.#report.documents++;
      this.#checkDocument(owner.table, key, value);
    } else {
      this.#report.indexRows++;
    }
  }

  #checkDocument(table: Table, key: Buffer, stored: string): void {
    const id = lastText(key, table.idLength);
    const name = `document ${id} of table ${nameOf(table)}`;
    if (tableNumberOfId(id) !== table.number || !documentKey(table, id).equals(key)) {
      this.#problem(`the key ${show(key)} in table ${nameOf(table)} holds no id of that table`);
      return;
    }
    const document = decode(stored);
    if (document === null || document["_id"] !== id) {
      this.#problem(`${name} does not decode`);
      return;
    }
    indexKeys(table.indexes, document).forEach((indexKey, i) => {
      const index = table.indexes[i];
      if (index === undefined || this.#disk.has(indexKey)) return;
      this.#incomplete.add(index.number);
      this.#problem(`${name} is missing from index ${index.name}`);
    });
    const { _id, _creationTime, ...fields } = document;
    const mismatch =
      table.validator === null
        ? null
        : validate(table.validator, fields, (reference) => this.#tableOfId(table, reference));
    if (mismatch !== null) this.#problem(`${name} does not match the schema: ${mismatch}`);
  }

  #tableOfId(table: Table, id: string): string | null {
    const number = tableNumberOfId(id);
    if (number === null) return null;
    return this.#catalog.tableByNumber(table.component, number)?.name ?? null;
  }

  /** As many rows as documents, and all of those found: then every row has its document. */
  #checkIndex(table: Table, index: Index): void {
    const [byId] = table.indexes;
    if (byId === undefined || index === byId) return;
    const documents = this.#rowsOfIndex.get(byId.number) ?? 0;
    const rows = this.#rowsOfIndex.get(index.number) ?? 0;
    if (rows === documents && !this.#incomplete.has(index.number)) return;
    let from = index.prefix;
    for (let isAtEnd = false; !isAtEnd;) {
      const { keys, exhausted } = this.#disk.keys(from, index.end, KEYS_AT_ONCE, false);
      for (const key of keys) this.#checkIndexRow(table, index, key);
      isAtEnd = exhausted;
      from = Buffer.concat([keys.at(-1) ?? from, Buffer.of(0)]);
    }
  }

  #checkIndexRow(table: Table, index: Index, key: Buffer): void {
    const id = lastText(key, table.idLength);
    const stored = this.#disk.get(documentKey(table, id));
    const document = stored === undefined ? null : decode(stored);
    const [expected] = document === null ? [] : indexKeys([index], document);
    if (expected?.equals(key)) return;
    this.#problem(
      `index ${index.name} of table ${nameOf(table)} has a row for document ${id}, which ${
        document === null ? "does not exist" : "has other values"
      }`,
    );
  }

  #problem(text: string): void {
    this.#report.problemCount++;
    if (this.#report.problems.length < MAX_PROBLEMS_KEPT) this.#report.problems.push(text);
  }
}

/** A stored document; null when it is not exactly what would be stored for it. */
function decode(stored: string): JsonObject | null {
  try {
    const document = parseStored(stored);
    return storeDocument(document).stored === stored ? document : null;
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function nameOf({ component, name }: Table): string {
  return component === "" ? name : `${name} of component ${component}`;
}

function show(key: Buffer): string {
  return key.subarray(0, 40).toString("hex");
}
