/**
 * Queries that one transaction asks again and again, word for word: what they found is answered from memory for as
 * long as the transaction has not written to their table. The aggregate component, for one, looks its tree up
 * several times for every node it visits.
 */
import { afterKey } from "../codec/keys.ts";
import { storedText } from "./document.ts";
import type { SnapshotReader } from "./reader.ts";
import { Rows, type Row, type RowQuery } from "./rows.ts";
import type { ComponentPath, DocumentStream, QueryJson } from "../types.ts";

/** Longer answers are read anew: keeping them would only fill the memory. */
const MOST_ROWS = 16;
const EMPTY_STREAM: DocumentStream = { next: () => null, close: () => {} };

/** All that a query finds, as long as nothing more is written to its table. */
interface Answer {
  query: RowQuery;
  writes: number;
  rows: Row[];
}

export class RepeatedQueries {
  readonly #reader: SnapshotReader;
  readonly #answers = new Map<string, Answer>();

  constructor(reader: SnapshotReader) {
    this.#reader = reader;
  }

  /** Runs the query in the arguments of a system call, `{"query": ...}`. */
  stream(component: ComponentPath, text: string): DocumentStream {
    const key = `${component} ${text}`;
    const answer = this.#answers.get(key);
    if (answer !== undefined && answer.writes === this.#reader.writesTo(answer.query.table)) {
      this.#reader.countQuery();
      return new Replay(this.#reader, answer);
    }
    const { query: json } = JSON.parse(text) as { query: QueryJson };
    const query = this.#reader.rowQuery(component, json, isSystemQuery(json));
    if (query === null) return EMPTY_STREAM;
    const keep = (complete: Answer): void => void this.#answers.set(key, complete);
    return new Recording(this.#reader, query, keep);
  }
}

/** Reads a query for the first time. */
class Recording implements DocumentStream {
  readonly #rows: Rows;
  readonly #reader: SnapshotReader;
  readonly #keep: (answer: Answer) => void;
  /** Null when the answer cannot be repeated. */
  #answer: Answer | null;

  constructor(reader: SnapshotReader, query: RowQuery, keep: (answer: Answer) => void) {
    this.#reader = reader;
    this.#keep = keep;
    this.#rows = new Rows(reader, query);
    // Rows that a filter dropped count as read, and would be missing in the repetition.
    const isRange = query.operators.every(({ type }) => type === "limit");
    this.#answer = isRange ? { query, writes: reader.writesTo(query.table), rows: [] } : null;
  }

  next(): string | null {
    const row = this.#rows.nextRow();
    if (this.#answer !== null) this.#record(this.#answer, row);
    return row === null ? null : storedText(row.stored);
  }

  close(): void {
    this.#rows.close();
    this.#answer = null;
  }

  #record(answer: Answer, row: Row | null): void {
    const isSame = answer.writes === this.#reader.writesTo(answer.query.table);
    if (row === null || !isSame || answer.rows.length === MOST_ROWS) {
      this.#answer = null;
      if (row === null && isSame) this.#keep(answer);
    } else {
      answer.rows.push(row);
    }
  }
}

/** Gives the rows of an answer; what is written meanwhile shows in those that are still to come. */
class Replay implements DocumentStream {
  readonly #reader: SnapshotReader;
  readonly #answer: Answer;
  #position = 0;
  /** What reads on since the answer has become old. */
  #rest: DocumentStream | null = null;

  constructor(reader: SnapshotReader, answer: Answer) {
    this.#reader = reader;
    this.#answer = answer;
  }

  next(): string | null {
    const { query, writes, rows } = this.#answer;
    if (this.#rest !== null) return this.#rest.next();
    if (writes !== this.#reader.writesTo(query.table)) {
      this.#rest = new Rows(this.#reader, this.#remaining());
      return this.#rest.next();
    }
    const row = rows[this.#position];
    if (row === undefined) return null;
    this.#position++;
    this.#reader.countRow(row.stored);
    return storedText(row.stored);
  }

  close(): void {
    this.#rest = EMPTY_STREAM;
  }

  /** The query without the rows that were given. */
  #remaining(): RowQuery {
    const { query, rows } = this.#answer;
    const last = rows[this.#position - 1];
    if (last === undefined) return query;
    const { range } = query;
    const part = range.reverse ? { hi: last.key } : { lo: afterKey(last.key) };
    const operators = query.operators.map((operator) =>
      operator.type === "limit"
        ? { ...operator, limit: operator.limit - this.#position }
        : operator,
    );
    return { ...query, range: { ...range, ...part }, operators };
  }
}

/** Whether a query reads a table of the deployment itself. */
export function isSystemQuery({ source }: QueryJson): boolean {
  const name = source["tableName"] ?? source["indexName"];
  return typeof name === "string" && name.startsWith("_");
}
