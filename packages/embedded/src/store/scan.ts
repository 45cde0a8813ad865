/** Walks the keys of one index range, merging a transaction's own writes, memory and disk. */
import { afterKey } from "../codec/keys.ts";
import type { Committed } from "./memtable.ts";
import type { Overlay } from "./overlay.ts";
import { ConsumedRange } from "./readSet.ts";
import type { SortedMap } from "./sortedMap.ts";

export interface ScanRange {
  indexNumber: number;
  lo: Buffer;
  hi: Buffer;
  reverse: boolean;
}

const FIRST_CHUNK = 16;
const LARGEST_CHUNK = 256;

export class Scan {
  /** What was read so far, up to date at every moment. */
  readonly consumed: ConsumedRange;
  readonly #committed: Committed;
  readonly #overlay: Overlay | null;
  readonly #indexNumber: number;
  readonly #reverse: boolean;
  // What is left of the range: [lo, hi).
  #lo: Buffer;
  #hi: Buffer;
  #chunk: Buffer[] = [];
  #chunkPosition = 0;
  #chunkSize: number;
  #diskExhausted = false;
  #generation: number;

  /** `expected`: how many keys will probably be read; null when unknown. */
  constructor(
    committed: Committed,
    overlay: Overlay | null,
    range: ScanRange,
    expected: number | null = null,
  ) {
    this.#committed = committed;
    this.#overlay = overlay;
    this.#indexNumber = range.indexNumber;
    this.#reverse = range.reverse;
    this.#lo = range.lo;
    this.#hi = range.hi;
    this.#chunkSize = Math.min(Math.max(expected ?? FIRST_CHUNK, 1), LARGEST_CHUNK);
    this.#generation = committed.generation;
    this.consumed = new ConsumedRange(range.lo, range.hi, range.reverse);
  }

  /** The next key of an existing document; null at the end. */
  next(): Buffer | null {
    if (this.consumed.complete) return null;
    while (this.#lo.compare(this.#hi) < 0) {
      const own = this.#nextIn(this.#overlay?.keys(this.#indexNumber));
      const memory = this.#nextIn(this.#committed.inMemory(this.#indexNumber));
      const key = this.#first(this.#first(own?.key, memory?.key), this.#peekDisk());
      if (key === undefined) break;
      this.#advance(key);
      const present =
        own !== undefined && own.key.equals(key)
          ? own.value
          : !(memory !== undefined && memory.key.equals(key) && memory.value.value === null);
      if (present) {
        this.consumed.last = key;
        return key;
      }
    }
    this.consumed.complete = true;
    this.#chunk = [];
    return null;
  }

  #advance(key: Buffer): void {
    if (this.#reverse) this.#hi = key;
    else this.#lo = afterKey(key);
    if (this.#chunk[this.#chunkPosition]?.equals(key)) this.#chunkPosition++;
  }

  #first(left: Buffer | undefined, right: Buffer | undefined): Buffer | undefined {
    if (left === undefined) return right;
    if (right === undefined) return left;
    return left.compare(right) < 0 === this.#reverse ? right : left;
  }

  #nextIn<Value>(map: SortedMap<Value> | undefined) {
    if (map === undefined) return undefined;
    if (this.#reverse) {
      const entry = map.at(map.firstAtOrAfter(this.#hi) - 1);
      return entry !== undefined && entry.key.compare(this.#lo) >= 0 ? entry : undefined;
    }
    const entry = map.at(map.firstAtOrAfter(this.#lo));
    return entry !== undefined && entry.key.compare(this.#hi) < 0 ? entry : undefined;
  }

  #peekDisk(): Buffer | undefined {
    // Rows that left memory since the chunk was read may be missing in it.
    if (this.#generation !== this.#committed.generation) {
      this.#generation = this.#committed.generation;
      this.#chunkPosition = this.#chunk.length;
      this.#diskExhausted = false;
    }
    if (this.#chunkPosition === this.#chunk.length && !this.#diskExhausted) {
      const { disk } = this.#committed;
      const found = disk.keys(this.#lo, this.#hi, this.#chunkSize, this.#reverse);
      this.#chunk = found.keys;
      this.#diskExhausted = found.exhausted;
      this.#chunkPosition = 0;
      this.#chunkSize = Math.min(this.#chunkSize * 2, LARGEST_CHUNK);
    }
    return this.#chunk[this.#chunkPosition];
  }
}
