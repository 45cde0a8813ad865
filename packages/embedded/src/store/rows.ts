/** The rows a query finds, one after the other. */
import type { Table } from "./catalog.ts";
import { storedText } from "./document.ts";
import { Pipeline } from "./pipeline.ts";
import type { Operator } from "./query.ts";
import type { SnapshotReader } from "./reader.ts";
import type { Scan, ScanRange } from "./scan.ts";
import type { DocumentStream } from "../types.ts";

/** A document in its stored form, with its key in the index that is read. */
export interface Row {
  key: Buffer;
  stored: string;
}

/** A query that is understood: where it reads, and what follows. */
export interface RowQuery {
  table: Table;
  range: ScanRange;
  operators: readonly Operator[];
}

export class Rows implements DocumentStream {
  readonly #reader: SnapshotReader;
  readonly #table: Table;
  readonly #pipeline: Pipeline;
  #scan: Scan | null;

  constructor(reader: SnapshotReader, { table, range, operators }: RowQuery) {
    this.#reader = reader;
    this.#table = table;
    this.#pipeline = new Pipeline(operators);
    this.#scan = reader.scan(range, this.#pipeline.expected);
  }

  next(): string | null {
    const row = this.nextRow();
    return row === null ? null : storedText(row.stored);
  }

  nextRow(): Row | null {
    while (this.#scan !== null && !this.#pipeline.finished) {
      const key = this.#scan.next();
      if (key === null) break;
      const stored = this.#reader.documentOfKey(this.#table, key);
      if (this.#pipeline.accepts(stored)) return { key, stored };
    }
    this.close();
    return null;
  }

  close(): void {
    this.#scan = null;
  }
}
