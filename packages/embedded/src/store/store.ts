/** The store: commits, durability, deploys. */
import type { JSONValue } from "convex/values";
import { ChangingIndexes, clearAside, clearList, STAGING_KEY } from "./aside.ts";
import { Catalog, catalogText } from "./catalog.ts";
import { resolveChanges, rowsOf, touchedKeys } from "./commitRows.ts";
import { Disk, type Row } from "./disk.ts";
import { StoreError } from "./errors.ts";
import { openFolder } from "./folder.ts";
import { CATALOG_KEY, prepareFormat, readState, TS_KEY } from "./format.ts";
import { hostKey } from "./hostRows.ts";
import type { Lock } from "./lock.ts";
import { Committed } from "./memtable.ts";
import { Preparation } from "./preparation.ts";
import {
  buildIndexes,
  diffsOf,
  findProblem,
  nameOf,
  planSchemas,
  type SchemaPlan,
} from "./schema.ts";
import { StoreSnapshot } from "./snapshot.ts";
import { Staging } from "./staging.ts";
import { StoreTransaction } from "./transaction.ts";
import type {
  Commit,
  ComponentPath,
  ImportMode,
  IndexDiff,
  SchemaJson,
  PreparationProgress,
  SchemaCheck,
  SchemaProblem,
  Snapshot,
  SnapshotTable,
  Store,
} from "../types.ts";

export interface StoreOptions {
  /** Data directory; created with mode 0700 when missing. */
  dir: string;
  /** False skips fsync: commits survive a crash of the process, not of the machine. Default true. */
  sync?: boolean;
  /** Called when a commit cannot be written; by default the process ends. */
  onWriteFailure?: (error: unknown) => void;
}

/** How long a change of schemas that is ready waits to be applied. */
const READY_FOR_MS = 10 * 60_000;

/**
 * Opens the store in a directory, alone. Refuses with `StoreError`: LOCKED when another process has it,
 * NEWER_FORMAT when a newer version wrote it, DAMAGED when its file is not whole, UNUSABLE when the directory
 * cannot be made or written to.
 */
export async function openStore(options: StoreOptions): Promise<LmdbStore> {
  const { disk, lock, path } = await openFolder(options.dir, options.sync ?? true);
  try {
    prepareFormat(disk, path);
    clearAside(disk);
    return new LmdbStore(disk, lock, options);
  } catch (error) {
    await disk.close();
    await lock.release();
    throw error;
  }
}

export class LmdbStore implements Store {
  readonly #disk: Disk;
  readonly #lock: Lock;
  readonly #committed: Committed;
  readonly #onWriteFailure: (error: unknown) => void;
  readonly #listeners = new Set<(commit: Commit) => void>();
  /** Commits that are not on disk yet, oldest first. */
  readonly #writing: Array<{ ts: bigint; durable: Promise<void> }> = [];
  readonly #changing: ChangingIndexes;
  #preparation: Preparation | null = null;
  readonly #checks = new Set<Preparation>();
  #catalog: Catalog;
  #ts: bigint;
  #lastCreationTime: number;
  #closed = false;

  constructor(disk: Disk, lock: Lock, options: StoreOptions) {
    this.#disk = disk;
    this.#lock = lock;
    this.#committed = new Committed(disk);
    this.#changing = new ChangingIndexes(disk);
    this.#onWriteFailure = options.onWriteFailure ?? ((error) => stop(options.dir, error));
    const { ts, catalog } = readState(disk, options.dir);
    this.#ts = ts;
    // Documents stay in order also when the clock has been set back since.
    this.#lastCreationTime = Number(ts / 1000n) / 1000;
    this.#catalog = catalog;
  }

  get ts(): bigint {
    return this.#ts;
  }

  begin(kind: "query" | "mutation"): StoreTransaction {
    this.#checkOpen();
    return new StoreTransaction(
      kind,
      this.#ts,
      this.#catalog,
      this.#committed,
      this.#lastCreationTime,
    );
  }

  commit(transaction: StoreTransaction, everything = false): Commit {
    this.#checkOpen();
    const { overlay } = transaction;
    if (transaction.kind === "query" || (overlay.empty && !everything)) {
      return this.#emptyCommit();
    }
    if (transaction.snapshotTs !== this.#ts) {
      throw new Error("Another commit came between the beginning and the end of this transaction");
    }
    const ts = this.#nextTs(transaction.lastCreationTime);
    const changes = resolveChanges(overlay.changes, ts);
    const rows = rowsOf(changes, overlay, ts);
    for (const table of overlay.newTables) this.#catalog.put(table);
    if (overlay.newTables.length > 0) {
      rows.push({ key: CATALOG_KEY, value: catalogText(this.#catalog) });
    }
    this.#preparation?.follow(changes, rows);
    rows.push({ key: TS_KEY, value: String(ts) });
    this.#ts = ts;
    this.#lastCreationTime = transaction.lastCreationTime;
    this.#committed.add(rows, ts);
    const durable = this.#write(rows, ts);
    return this.#announce({
      ts,
      documentIds: new Set(changes.keys()),
      keys: touchedKeys(changes, overlay),
      everything,
      durable,
    });
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  durable(ts: bigint): Promise<void> {
    const waiting = this.#writing.find((commit) => commit.ts >= ts) ?? this.#writing.at(-1);
    return waiting?.durable ?? Promise.resolve();
  }

  indexDiffs(schemas: Map<ComponentPath, SchemaJson>): Map<ComponentPath, IndexDiff> {
    return diffsOf(planSchemas(this.#catalog, schemas), schemas.keys());
  }

  async prepareSchemas(
    schemas: Map<ComponentPath, SchemaJson>,
    report: (line: string) => void = () => undefined,
  ): Promise<SchemaProblem | null | "stopped"> {
    this.#checkOpen();
    const text = JSON.stringify([...schemas].sort(byComponent));
    if (this.#preparation?.text !== text) {
      this.#endPreparation();
      const plan = this.#plan(schemas);
      const numbers = plan.added.map(({ index }) => index.number);
      if (numbers.length > 0) this.#disk.writeNow((put) => this.#changing.add(numbers, put));
      this.#preparation = new Preparation(text, plan, this.#committed, report);
    }
    const preparation = this.#preparation;
    const end = (): void => {
      if (this.#preparation === preparation) this.#endPreparation();
    };
    let problem: SchemaProblem | null | "stopped" | undefined;
    try {
      problem = await preparation.result;
    } finally {
      // The documents and the disk may be mended: the next one has to look again. Nobody may come for what is
      // ready, and every commit adds to it.
      if (problem === null) setTimeout(end, READY_FOR_MS).unref();
      else end();
    }
    return problem;
  }

  preparationProgress(): Map<ComponentPath, PreparationProgress> {
    return this.#preparation?.progress() ?? new Map();
  }

  checkSchemas(schemas: Map<ComponentPath, SchemaJson>): SchemaCheck {
    this.#checkOpen();
    const plan = { ...this.#plan(schemas), added: [] };
    const check = new Preparation("", plan, this.#committed, () => undefined);
    this.#checks.add(check);
    const forget = () => this.#checks.delete(check);
    check.result.then(forget, forget);
    return check;
  }

  /** For work that takes a while: tables that come meanwhile get other numbers. */
  #plan(schemas: Map<ComponentPath, SchemaJson>): SchemaPlan {
    const plan = planSchemas(this.#catalog, schemas);
    this.#catalog.reserveIndexNumbers(plan.catalog);
    return plan;
  }

  /** Stops what is being prepared. What it has built goes, unless tables have `adopted` it. */
  #endPreparation(adopted: readonly number[] = []): void {
    const built = this.#preparation?.indexNumbers ?? [];
    this.#preparation?.stop();
    this.#preparation = null;
    this.#clear(built.filter((number) => !adopted.includes(number)));
  }

  #clear(indexNumbers: readonly number[]): void {
    // Commits that are on their way still bring rows of them. What a full disk leaves behind goes at the next start.
    this.durable(this.#ts)
      .then(() => this.#changing.clear(indexNumbers))
      .catch(() => undefined);
  }

  async applySchemas(
    schemas: Map<ComponentPath, SchemaJson>,
    host: Array<[key: string, value: JSONValue]>,
    report: (line: string) => void = () => undefined,
  ): Promise<Commit> {
    this.#checkOpen();
    // Everything below the loop is synchronous, so no commit comes between the check and the switch.
    while (!this.#committed.settled) await this.durable(this.#ts);
    const plan = planSchemas(this.#catalog, schemas, this.#preparation);
    const problem = findProblem(plan, this.#committed, this.#preparation);
    if (problem !== null) throw new StoreError("SCHEMA", problem.message);
    const built = plan.added.filter(({ isBuilt }) => isBuilt).map(({ index }) => index.number);
    const removed = plan.removed.map(({ index }) => index.number);
    const commit = this.#switchTo(
      plan.catalog,
      (put) => {
        buildIndexes(plan, this.#committed, put, report);
        this.#changing.adopt(built, put);
        this.#changing.add(removed, put);
        for (const [key, value] of host) put({ key: hostKey(key), value: JSON.stringify(value) });
      },
      built,
    );
    for (const { table, index } of plan.removed) {
      report(`Removed index ${index.name} of ${nameOf(table)}.`);
    }
    this.#clear(removed);
    return commit;
  }

  /**
   * Writes rows and the catalog they make true, in one step; everybody reads again then. Preparations and checks
   * were for the catalog of before: of what was built only `adopted` stays.
   */
  #switchTo(
    catalog: Catalog,
    write: (put: (row: Row) => void) => void,
    adopted: readonly number[] = [],
  ): Commit {
    const ts = this.#nextTs(0);
    // Memory shows nothing of it until it is on disk: should that fail, the deployment goes on as it was.
    this.#disk.writeNow((put) => {
      write(put);
      put({ key: CATALOG_KEY, value: catalogText(catalog) });
      put({ key: TS_KEY, value: String(ts) });
    });
    this.#disk.refresh();
    this.#endPreparation(adopted);
    for (const check of this.#checks) check.stop();
    this.#catalog = catalog;
    this.#ts = ts;
    return this.#announce({
      ts,
      documentIds: new Set(),
      keys: new Map(),
      everything: true,
      durable: Promise.resolve(),
    });
  }

  tables(component: ComponentPath): string[] {
    return this.#catalog
      .tables(component)
      .filter((table) => !table.isSystem)
      .map((table) => table.name)
      .sort();
  }

  allTables(): SnapshotTable[] {
    return this.#catalog.allTables().filter(({ isSystem }) => !isSystem);
  }

  async snapshot(): Promise<Snapshot> {
    this.#checkOpen();
    while (!this.#committed.settled) await this.durable(this.#ts);
    return new StoreSnapshot(this.#disk, this.#catalog.allTables());
  }

  stageImport(mode: ImportMode): Staging {
    this.#checkOpen();
    // One import at a time: what is there is of one that could not be removed when it failed.
    this.#disk.refresh();
    clearList(this.#disk, STAGING_KEY);
    return new Staging(this.#disk, () => this.#catalog, mode);
  }

  async activateImport(staged: Staging): Promise<Commit> {
    this.#checkOpen();
    // Everything below the loop is synchronous, so no commit comes between the check and the switch.
    while (!this.#committed.settled) await this.durable(this.#ts);
    this.#disk.refresh();
    const catalog = staged.catalogAfter();
    if (staged.renumbered()) {
      const toCheck = catalog.allTables().filter(({ validator }) => validator !== null);
      const problem = findProblem({ catalog, added: [], removed: [], toCheck }, this.#committed);
      if (problem !== null) throw new StoreError("IMPORT", problem.message);
    }
    return this.#switchTo(catalog, (put) => staged.activate(put));
  }

  forgetDeadReaders(): number {
    return this.#closed ? 0 : this.#disk.forgetDeadReaders();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#preparation?.stop();
    this.#preparation = null;
    for (const check of this.#checks) check.stop();
    this.#changing.close();
    try {
      await this.durable(this.#ts);
    } finally {
      await this.#disk.close();
      await this.#lock.release();
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError("CLOSED", "The store is closed.");
  }

  /**
   * Nanoseconds of the wall clock, always later than the commit before, and not before the creation times in
   * it: documents stay in order when the clock is set back while the store is closed.
   */
  #nextTs(newestMs: number): bigint {
    const now = BigInt(Math.max(Date.now(), Math.ceil(newestMs))) * 1_000_000n;
    return now > this.#ts ? now : this.#ts + 1n;
  }

  #emptyCommit(): Commit {
    return {
      ts: this.#ts,
      documentIds: new Set(),
      keys: new Map(),
      everything: false,
      durable: this.durable(this.#ts),
    };
  }

  #write(rows: Row[], ts: bigint): Promise<void> {
    const previous = this.#writing.at(-1)?.durable;
    const durable = Promise.all([previous, this.#disk.write(rows)]).then(() => {
      this.#committed.settle(ts);
      this.#writing.shift();
    });
    durable.catch(this.#onWriteFailure);
    this.#writing.push({ ts, durable });
    return durable;
  }

  #announce(commit: Commit): Commit {
    for (const listener of this.#listeners) listener(commit);
    return commit;
  }
}

function byComponent([left]: [ComponentPath, unknown], [right]: [ComponentPath, unknown]): number {
  return left < right ? -1 : 1;
}

/** Memory is ahead of the disk for good: going on would show commits that a restart forgets. */
function stop(dir: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Cannot write to the data folder ${dir}: ${reason}. Stopping.\n`);
  process.exit(1);
}
