/**
 * The rows on disk: one LMDB database with byte-string keys and text values.
 *
 * LMDB keys have at most 1,978 bytes. A longer key is stored as its first bytes plus a hash, with the
 * whole key as the value of its row; nobody outside this file sees that. Only index rows, which have
 * no value of their own, may have long keys.
 */
import { createHash } from "node:crypto";
import { chmodSync, statSync } from "node:fs";
import { open, type RootDatabase } from "lmdb";
import { StoreError } from "./errors.ts";

/** A row to write; a null value removes it. */
export interface Row {
  key: Buffer;
  value: string | null;
}

/** Keys up to this length are stored as they are, longer ones are cut here. */
const LONGEST_PLAIN_KEY = 1900;
const HASH_BYTES = 32;
const BEHIND_EVERY_HASH = Buffer.alloc(HASH_BYTES + 1, 0xff);

interface KeysFound {
  keys: Buffer[];
  /** True when there is no further key in the range. */
  exhausted: boolean;
}

/** The rows of one moment; they keep disk space until they are released. */
export interface PinnedRows {
  /** Rows of `[lo, hi)` with their values; for ranges without long keys. */
  range(lo: Buffer, hi: Buffer): Iterable<{ key: Buffer; value: string }>;
  release(): void;
}

export class Disk {
  readonly #database: RootDatabase<string, Buffer>;
  readonly #path: string;
  readonly #inode: number;

  private constructor(database: RootDatabase<string, Buffer>, path: string) {
    this.#database = database;
    this.#path = path;
    this.#inode = statSync(path).ino;
  }

  /** Opens or creates the file. Without `sync` a commit survives the process but not the machine. */
  static open(path: string, sync: boolean): Disk {
    const database = open<string, Buffer>({
      path,
      noSubdir: true,
      keyEncoding: "binary",
      encoding: "string",
      // Overlapping syncs serialise concurrent commits; one fsync per group of commits is faster.
      overlappingSync: false,
      noSync: !sync,
    });
    for (const file of [path, `${path}-lock`]) chmodSync(file, 0o600);
    return new Disk(database, path);
  }

  /** Opens an existing file for reading only, also while another process writes to it. */
  static openReadOnly(path: string): Disk {
    const database = open<string, Buffer>({
      path,
      noSubdir: true,
      keyEncoding: "binary",
      encoding: "string",
      readOnly: true,
    });
    chmodSync(`${path}-lock`, 0o600);
    return new Disk(database, path);
  }

  isEmpty(): boolean {
    return this.#physicalKeys(Buffer.of(0), Buffer.of(0xff), 1, false).length === 0;
  }

  /** Writes a copy without the unused space, of one moment, while others write; `path` must not exist. */
  copyTo(path: string): Promise<void> {
    return this.#database.backup(path, true);
  }

  /**
   * Gives back what processes that read this file have held when they were killed; without that the file
   * would grow with every commit.
   */
  forgetDeadReaders(): number {
    return this.#database.readerCheck();
  }

  /**
   * Every row in the order of the file, of one moment when read without a pause. A row is sound when its key
   * comes after the one before and, for a long key, carries that key's checksum.
   */
  *allRows(): Generator<{ key: Buffer; value: string; isSound: boolean }> {
    let before: Buffer = Buffer.alloc(0);
    for (const row of this.#database.getRange({ start: Buffer.of(0), end: Buffer.of(0xff) })) {
      const isInOrder = before.compare(row.key) < 0;
      before = row.key;
      const isLong = row.key.length > LONGEST_PLAIN_KEY;
      const key = isLong ? Buffer.from(row.value, "latin1") : row.key;
      const isSound = isInOrder && physicalKey(key).equals(row.key);
      yield { key, value: isLong ? "" : row.value, isSound };
    }
  }

  has(key: Buffer): boolean {
    return this.#database.doesExist(physicalKey(key));
  }

  get(key: Buffer): string | undefined {
    return this.#database.get(key);
  }

  /** The first keys of `[lo, hi)` in order, or the last ones in reverse; at least one unless exhausted. */
  keys(lo: Buffer, hi: Buffer, limit: number, reverse: boolean): KeysFound {
    if (lo.length > LONGEST_PLAIN_KEY || hi.length > LONGEST_PLAIN_KEY) {
      return this.#keysWithLong(lo, hi, limit, reverse);
    }
    const keys = this.#physicalKeys(lo, hi, limit, reverse);
    for (const key of keys) {
      if (key.length > LONGEST_PLAIN_KEY) return this.#keysWithLong(lo, hi, limit, reverse);
    }
    return { keys, exhausted: keys.length < limit };
  }

  /** Rows of `[lo, hi)` with their values; for ranges without long keys. */
  rows(lo: Buffer, hi: Buffer, limit?: number): Array<{ key: Buffer; value: string }> {
    return [...this.#database.getRange({ start: lo, end: hi, limit, snapshot: false })];
  }

  countRows(lo: Buffer, hi: Buffer): number {
    return this.#database.getKeysCount({ start: lo, end: hi });
  }

  /** Holds the present moment. */
  pin(): PinnedRows {
    this.refresh();
    const transaction = this.#database.useReadTransaction();
    return {
      range: (start, end) => this.#database.getRange({ start, end, transaction }),
      release: () => transaction.done(),
    };
  }

  /** Writes all rows or none, together with other writes of the moment; resolves when they are on disk. */
  async write(rows: readonly Row[]): Promise<void> {
    const writing = this.#database.batch(() => {
      for (const row of rows) {
        if (row.value === null) void this.#database.remove(physicalKey(row.key));
        else void this.#database.put(physicalKey(row.key), physicalValue(row.key, row.value));
      }
    });
    const written = await writing.catch(async (error: unknown) => {
      throw await reasonOf(error);
    });
    if (!written) throw new Error("the database file refused the write");
    this.#requireInPlace();
  }

  /**
   * Writes everything `action` puts, or nothing when it throws; on disk when this returns. Refuses with WRITE
   * what the disk refuses: the file is as it was then.
   */
  writeNow(action: (put: (row: Row) => void) => void): void {
    try {
      this.#requireInPlace();
      this.#database.transactionSync(() => {
        action(({ key, value }) => {
          if (value === null) this.#database.removeSync(physicalKey(key));
          else this.#database.putSync(physicalKey(key), physicalValue(key, value));
        });
      });
    } catch (error) {
      if (error instanceof StoreError || !(error instanceof Error)) throw error;
      throw new StoreError(
        "WRITE",
        `The disk refused the change, and nothing changed: ${error.message}`,
      );
    }
  }

  /** Lets the next read see everything written so far. */
  refresh(): void {
    this.#database.resetReadTxn();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** A file that was removed, moved or replaced can still be written to, but nobody would find it again. */
  #requireInPlace(): void {
    if (statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode) return;
    throw new Error("the data file is not there any more, or another one is in its place");
  }

  #physicalKeys(lo: Buffer, hi: Buffer, limit: number, reverse: boolean): Buffer[] {
    // Nearly every query comes through here, and options or iterables that are spread cost as much as all the rest. No
    // snapshot is held open, since everything is read at once.
    const range = this.#database.getKeys(
      reverse
        ? { start: hi, end: lo, limit, reverse, exclusiveStart: true, inclusiveEnd: true }
        : { start: lo, end: hi, limit },
    );
    const keys: Buffer[] = [];
    range.forEach((key) => keys.push(key));
    return keys;
  }

  /** As `keys`: groups of long keys with the same beginning are put in order by their whole keys. */
  #keysWithLong(lo: Buffer, hi: Buffer, limit: number, reverse: boolean): KeysFound {
    let start = lo.subarray(0, LONGEST_PLAIN_KEY);
    let end =
      hi.length > LONGEST_PLAIN_KEY
        ? Buffer.concat([hi.subarray(0, LONGEST_PLAIN_KEY), BEHIND_EVERY_HASH])
        : hi;
    const keys: Buffer[] = [];
    for (;;) {
      const physical = this.#physicalKeys(start, end, 1, reverse)[0];
      if (physical === undefined) return { keys, exhausted: true };
      if (keys.length >= limit) return { keys, exhausted: false };
      const group = physical.subarray(0, LONGEST_PLAIN_KEY);
      const afterGroup =
        physical.length > LONGEST_PLAIN_KEY
          ? Buffer.concat([group, BEHIND_EVERY_HASH])
          : Buffer.concat([physical, Buffer.of(0)]);
      const members =
        physical.length > LONGEST_PLAIN_KEY ? this.#longKeys(group, afterGroup) : [physical];
      const inRange = members.filter((key) => key.compare(lo) >= 0 && key.compare(hi) < 0);
      keys.push(...(reverse ? inRange.reverse() : inRange));
      // A plain key as long as the cut begins its group and is not part of it.
      if (!reverse) start = afterGroup;
      else end = physical.length > LONGEST_PLAIN_KEY ? Buffer.concat([group, Buffer.of(0)]) : group;
    }
  }

  #longKeys(group: Buffer, afterGroup: Buffer): Buffer[] {
    return this.rows(group, afterGroup)
      .filter((row) => row.key.length > LONGEST_PLAIN_KEY)
      .map((row) => Buffer.from(row.value, "latin1"))
      .sort((left, right) => left.compare(right));
  }
}

/** LMDB rejects with a general error that promises the particular one. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && "commitError" in error)) return error;
  return await Promise.resolve(error.commitError).catch((reason: unknown) => reason);
}

function physicalKey(key: Buffer): Buffer {
  if (key.length <= LONGEST_PLAIN_KEY) return key;
  return Buffer.concat([
    key.subarray(0, LONGEST_PLAIN_KEY),
    createHash("sha256").update(key).digest(),
  ]);
}

function physicalValue(key: Buffer, value: string): string {
  return key.length <= LONGEST_PLAIN_KEY ? value : key.toString("latin1");
}
