/** What a transaction has read, and whether a commit touches it. */
import { afterKey } from "../codec/keys.ts";
import type { Commit, KeyRange, ReadSet } from "../types.ts";

export function emptyReadSet(): ReadSet {
  return { documentIds: new Set(), ranges: new Map() };
}

export function addRange(readSet: ReadSet, indexNumber: number, range: KeyRange): void {
  const ranges = readSet.ranges.get(indexNumber);
  if (ranges === undefined) readSet.ranges.set(indexNumber, [range]);
  else ranges.push(range);
}

/** The part of a range that a scan has consumed so far; it grows while the scan goes on. */
export class ConsumedRange implements KeyRange {
  readonly #start: Buffer;
  readonly #end: Buffer;
  readonly #reverse: boolean;
  /** The last key that was read. */
  last: Buffer | null = null;
  /** True once the scan has met the end of the range. */
  complete = false;

  constructor(start: Buffer, end: Buffer, reverse: boolean) {
    this.#start = start;
    this.#end = end;
    this.#reverse = reverse;
  }

  get lo(): Buffer {
    if (!this.#reverse || this.complete) return this.#start;
    return this.last ?? this.#end;
  }

  get hi(): Buffer {
    if (this.#reverse || this.complete) return this.#end;
    return this.last === null ? this.#start : afterKey(this.last);
  }
}

/** True when what was read may look different after the commit. */
export function overlaps(readSet: ReadSet, commit: Commit): boolean {
  if (commit.everything) return true;
  for (const id of commit.documentIds) if (readSet.documentIds.has(id)) return true;
  for (const [indexNumber, keys] of commit.keys) {
    const ranges = readSet.ranges.get(indexNumber);
    if (ranges === undefined) continue;
    for (const { lo, hi } of ranges) {
      if (keys.some((key) => key.compare(lo) >= 0 && key.compare(hi) < 0)) return true;
    }
  }
  return false;
}
