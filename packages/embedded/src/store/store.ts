/** The store: commits, durability, deploys. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { JSONValue } from "convex/values";
import { indexPrefix } from "../codec/keys.ts";
import { Catalog, catalogText, META_ROWS, type CatalogRecord } from "./catalog.ts";
import { resolveChanges, rowsOf, touchedKeys } from "./commitRows.ts";
import { Disk, type Row } from "./disk.ts";
import { StoreError } from "./errors.ts";
import { hostKey } from "./hostRows.ts";
import { lockDirectory, type Lock } from "./lock.ts";
import { Committed } from "./memtable.ts";
import { diffsOf, findProblem, migrateIndexes, planSchemas } from "./schema.ts";
import { StoreTransaction } from "./transaction.ts";
import type {
  Commit,
  ComponentPath,
  IndexDiff,
  SchemaJson,
  SchemaProblem,
  Store,
} from "../types.ts";

/** Layout of the rows on disk. A store refuses a newer one. */
const FORMAT_VERSION = 1;

const metaKey = (name: string): Buffer =>
  Buffer.concat([indexPrefix(META_ROWS), Buffer.from(name)]);
const FORMAT_KEY = metaKey("format");
const TS_KEY = metaKey("ts");
const CATALOG_KEY = metaKey("catalog");

export interface StoreOptions {
  /** Data directory; created with mode 0700 when missing. */
  dir: string;
  /** False skips fsync: commits survive a crash of the process, not of the machine. Default true. */
  sync?: boolean;
  /** Called when a commit cannot be written; by default the process ends. */
  onWriteFailure?: (error: unknown) => void;
}

/**
 * Opens the store in a directory, alone: a second one is refused with `StoreError` LOCKED, a directory
 * written by a newer version with NEWER_FORMAT.
 */
export async function openStore(options: StoreOptions): Promise<LmdbStore> {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(options.dir);
  const disk = Disk.open(join(options.dir, "store.mdb"), options.sync ?? true);
  try {
    checkFormat(disk, options.dir);
    return new LmdbStore(disk, lock, options);
  } catch (error) {
    await disk.close();
    await lock.release();
    throw error;
  }
}

function checkFormat(disk: Disk, dir: string): void {
  const format = disk.get(FORMAT_KEY);
  if (format === undefined) {
    disk.writeNow((put) => put({ key: FORMAT_KEY, value: String(FORMAT_VERSION) }));
  } else if (Number(format) > FORMAT_VERSION) {
    throw new StoreError(
      "NEWER_FORMAT",
      `The data folder ${dir} was written by a newer version (format ${format}; this version reads up to ${FORMAT_VERSION}). Start that version, or choose another folder.`,
    );
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
  #catalog: Catalog;
  #ts: bigint;
  #lastCreationTime = 0;
  #closed = false;

  constructor(disk: Disk, lock: Lock, options: StoreOptions) {
    this.#disk = disk;
    this.#lock = lock;
    this.#committed = new Committed(disk);
    this.#onWriteFailure = options.onWriteFailure ?? ((error) => stop(options.dir, error));
    this.#ts = BigInt(disk.get(TS_KEY) ?? 0);
    const catalog = disk.get(CATALOG_KEY);
    this.#catalog =
      catalog === undefined
        ? new Catalog()
        : Catalog.fromRecord(JSON.parse(catalog) as CatalogRecord);
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
    const ts = this.#nextTs();
    const changes = resolveChanges(overlay.changes, ts);
    const rows = rowsOf(changes, overlay, ts);
    for (const table of overlay.newTables) this.#catalog.put(table);
    if (overlay.newTables.length > 0) {
      rows.push({ key: CATALOG_KEY, value: catalogText(this.#catalog) });
    }
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

  checkSchemas(schemas: Map<ComponentPath, SchemaJson>): SchemaProblem | null {
    this.#checkOpen();
    return findProblem(planSchemas(this.#catalog, schemas), this.#committed);
  }

  async applySchemas(
    schemas: Map<ComponentPath, SchemaJson>,
    host: Array<[key: string, value: JSONValue]>,
    report: (line: string) => void = () => undefined,
  ): Promise<Commit> {
    this.#checkOpen();
    // Everything below the loop is synchronous, so no commit comes between the check and the switch.
    while (!this.#committed.settled) await this.durable(this.#ts);
    const plan = planSchemas(this.#catalog, schemas);
    const problem = findProblem(plan, this.#committed);
    if (problem !== null) throw new StoreError("SCHEMA", problem.message);
    const ts = this.#nextTs();
    this.#disk.writeNow((put) => {
      migrateIndexes(plan, this.#committed, put, report);
      for (const [key, value] of host) put({ key: hostKey(key), value: JSON.stringify(value) });
      put({ key: CATALOG_KEY, value: catalogText(plan.catalog) });
      put({ key: TS_KEY, value: String(ts) });
    });
    this.#disk.refresh();
    this.#catalog = plan.catalog;
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

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.durable(this.#ts);
    await this.#disk.close();
    await this.#lock.release();
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError("CLOSED", "The store is closed.");
  }

  /** Nanoseconds of the wall clock, always later than the commit before. */
  #nextTs(): bigint {
    const now = BigInt(Date.now()) * 1_000_000n;
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

/** Memory is ahead of the disk for good: going on would show commits that a restart forgets. */
function stop(dir: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Cannot write to the data folder ${dir}: ${reason}. Stopping.\n`);
  process.exit(1);
}
