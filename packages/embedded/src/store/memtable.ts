/**
 * Rows that are committed and visible, and on their way to the disk. Reads look here first; rows of
 * a commit leave when the disk has them.
 */
import type { Disk, Row } from "./disk.ts";
import { groupBy } from "./groupBy.ts";
import { SortedMap } from "./sortedMap.ts";

interface Version {
  value: string | null;
  ts: bigint;
}

/** The committed rows as one: memory over disk. */
export class Committed {
  readonly disk: Disk;
  readonly #indexes = new Map<number, SortedMap<Version>>();
  /** Grows whenever rows leave memory: what was read from the disk before may lack them. */
  generation = 0;

  constructor(disk: Disk) {
    this.disk = disk;
  }

  get(key: Buffer): string | null {
    const version = this.inMemory(indexNumberOf(key))?.get(key);
    if (version !== undefined) return version.value;
    return this.disk.get(key) ?? null;
  }

  /** The rows of `[lo, hi)` with their values, in order; for small ranges without long keys. */
  rows(lo: Buffer, hi: Buffer): Array<{ key: Buffer; value: string }> {
    const merged = new SortedMap<string>();
    merged.setAll(this.disk.rows(lo, hi));
    const memory = this.inMemory(indexNumberOf(lo));
    for (let i = memory?.firstAtOrAfter(lo) ?? 0; memory !== undefined; i++) {
      const entry = memory.at(i);
      if (entry === undefined || entry.key.compare(hi) >= 0) break;
      if (entry.value.value === null) merged.delete(entry.key);
      else merged.set(entry.key, entry.value.value);
    }
    return merged.entries();
  }

  /** The rows of one index that may not be on disk yet. */
  inMemory(indexNumber: number): SortedMap<Version> | undefined {
    return this.#indexes.get(indexNumber);
  }

  /** True when everything committed is on disk. */
  get settled(): boolean {
    return this.#indexes.size === 0;
  }

  /** Makes the rows of a commit visible. */
  add(rows: readonly Row[], ts: bigint): void {
    const byIndex = groupBy(rows, (row) => indexNumberOf(row.key));
    for (const [indexNumber, group] of byIndex) {
      let index = this.#indexes.get(indexNumber);
      if (index === undefined) this.#indexes.set(indexNumber, (index = new SortedMap()));
      index.setAll(group.map(({ key, value }) => ({ key, value: { value, ts } })));
    }
  }

  /** Forgets the rows of the commit at `ts`, which are on disk now. */
  settle(ts: bigint): void {
    this.disk.refresh();
    this.generation++;
    for (const [indexNumber, index] of this.#indexes) {
      index.filter((version) => version.ts > ts);
      if (index.size === 0) this.#indexes.delete(indexNumber);
    }
  }
}

function indexNumberOf(key: Buffer): number {
  return key.readUInt32BE(0);
}
