/**
 * Makes a change of schemas ready while functions go on: checks the documents and writes the rows of added
 * indexes, a little at a time. Nobody reads those rows until the change is applied; commits keep them right
 * meanwhile, and name the documents that have to be looked at again.
 */
import { afterKey, lastText } from "../codec/keys.ts";
import { documentKey, indexKeys, type Index, type Table } from "./catalog.ts";
import type { Row } from "./disk.ts";
import { parseStored } from "./document.ts";
import type { Committed } from "./memtable.ts";
import type { Change } from "./overlay.ts";
import { Scan } from "./scan.ts";
import { nameOf, problemOf, type SchemaPlan } from "./schema.ts";
import type { ComponentPath, PreparationProgress, SchemaCheck, SchemaProblem } from "../types.ts";

/** How long the others wait at a time. */
const SLICE_MS = 5;
/** Documents between two lines of progress. */
const REPORT_EVERY = 10_000;

/** What is to be done for one table. */
interface Work {
  /** As it will be. */
  table: Table;
  added: Index[];
  /** Whether its documents have to fit a validator that is new. */
  isChecked: boolean;
  /** Documents that were written since the work began. */
  readonly written: Set<string>;
  isDone: boolean;
}

export class Preparation implements SchemaCheck {
  /** Tells one change from another. */
  readonly text: string;
  /** The first document that does not fit; null when all do. */
  readonly result: Promise<SchemaProblem | null | "stopped">;
  readonly #plan: SchemaPlan;
  readonly #committed: Committed;
  readonly #report: (line: string) => void;
  /** By the number of the table's first index, which it keeps. */
  readonly #works = new Map<number, Work>();
  #stopped = false;

  /** Begins at once; `text` tells this change from another, `report` gets what was done. */
  constructor(
    text: string,
    plan: SchemaPlan,
    committed: Committed,
    report: (line: string) => void,
  ) {
    this.text = text;
    this.#plan = plan;
    this.#committed = committed;
    this.#report = report;
    for (const { table, index } of plan.added) this.#work(table).added.push(index);
    for (const table of plan.toCheck) this.#work(table).isChecked = true;
    this.result = this.#run();
  }

  /** The numbers of the indexes that it builds. */
  get indexNumbers(): number[] {
    return [...this.#works.values()].flatMap(({ added }) => added.map(({ number }) => number));
  }

  /** The index that was built for a table; undefined when none was, or not yet. */
  builtIndex(before: Table, name: string, fields: readonly string[]): Index | undefined {
    const work = this.#workOf(before);
    if (!work?.isDone) return undefined;
    return work.added.find(
      (index) => index.name === name && index.fields.slice(0, -2).join() === fields.join(),
    );
  }

  /** The documents that may not fit a table's validator; null when nobody looked at them. */
  unchecked(table: Table): ReadonlySet<string> | null {
    const work = this.#workOf(table);
    const isSame = JSON.stringify(work?.table.validator) === JSON.stringify(table.validator);
    return work?.isDone && work.isChecked && isSame ? work.written : null;
  }

  /** Keeps up with a commit; `rows` gets what has to be written with it. */
  follow(changes: ReadonlyMap<string, Change>, rows: Row[]): void {
    for (const [id, { table, before, after }] of changes) {
      const work = this.#workOf(table);
      if (work === undefined) continue;
      work.written.add(id);
      const keysOf = (stored: string) => indexKeys(work.added, parseStored(stored));
      if (before !== null) {
        for (const key of keysOf(before.stored)) rows.push({ key, value: null });
      }
      if (after !== null) for (const key of keysOf(after.stored)) rows.push({ key, value: "" });
    }
  }

  progress(): Map<ComponentPath, PreparationProgress> {
    const progress = new Map<ComponentPath, PreparationProgress>();
    for (const { table, added, isChecked, isDone } of this.#works.values()) {
      const known = progress.get(table.component);
      const of = known ?? { indexesTotal: 0, indexesComplete: 0, schemaValidationComplete: true };
      of.indexesTotal += added.length;
      if (isDone) of.indexesComplete += added.length;
      else if (isChecked) of.schemaValidationComplete = false;
      progress.set(table.component, of);
    }
    return progress;
  }

  stop(): void {
    this.#stopped = true;
  }

  #work(table: Table): Work {
    const known = this.#workOf(table);
    if (known !== undefined) return known;
    const work: Work = { table, added: [], isChecked: false, written: new Set(), isDone: false };
    this.#works.set(table.indexes[0]!.number, work);
    return work;
  }

  #workOf(table: Table): Work | undefined {
    return this.#works.get(table.indexes[0]!.number);
  }

  async #run(): Promise<SchemaProblem | null | "stopped"> {
    for (const work of this.#works.values()) {
      const problem = await this.#prepare(work);
      if (this.#stopped) return "stopped";
      if (problem !== null) return problem;
      work.isDone = true;
    }
    return null;
  }

  async #prepare(work: Work): Promise<SchemaProblem | null> {
    const names = work.added.map(({ name }) => name).join(", ");
    const table = nameOf(work.table);
    let done = 0;
    let from: Buffer | null = work.table.indexes[0]!.prefix;
    while (from !== null) {
      // The first slice waits as well: who begins has to be able to follow the commits.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#stopped) return null;
      const slice = this.#slice(work, from);
      if (slice.problem !== null) return slice.problem;
      const before = done;
      done += slice.documents;
      from = slice.next;
      const isReported = Math.floor(done / REPORT_EVERY) > Math.floor(before / REPORT_EVERY);
      if (names !== "" && isReported && from !== null) {
        this.#report(`Adding ${names} to ${table}: ${done} documents ...`);
      }
    }
    if (names !== "" && done > 0) this.#report(`Added ${names} to ${table}: ${done} documents.`);
    return null;
  }

  /** Looks at some documents, as they are at this moment, and writes their rows; `next` is where to go on. */
  #slice({ table, added, isChecked }: Work, from: Buffer) {
    const { number: indexNumber, end } = table.indexes[0]!;
    const range = { indexNumber, lo: from, hi: end, reverse: false };
    const scan = new Scan(this.#committed, null, range);
    const until = performance.now() + SLICE_MS;
    const rows: Row[] = [];
    let next: Buffer | null = null;
    let documents = 0;
    for (let key = scan.next(); key !== null && next === null; key = scan.next()) {
      const id = lastText(key, table.idLength);
      const stored = this.#committed.get(documentKey(table, id));
      if (stored === null) continue;
      const document = parseStored(stored);
      const problem = isChecked ? problemOf(this.#plan, table, id, document) : null;
      if (problem !== null) return { problem, documents, next };
      for (const row of indexKeys(added, document)) rows.push({ key: row, value: "" });
      documents++;
      if (performance.now() > until) next = afterKey(key);
    }
    if (rows.length > 0) {
      this.#committed.disk.writeNow((put) => {
        for (const row of rows) put(row);
      });
    }
    return { problem: null, documents, next };
  }
}
