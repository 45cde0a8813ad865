/**
 * Rows that nobody reads: of an import on its way, of indexes that are being built, of indexes that were removed.
 * The numbers of their indexes are rows themselves, so that what an interrupted change left is removed at the
 * next start.
 */
import { afterPrefix, indexPrefix } from "../codec/keys.ts";
import { META_ROWS } from "./catalog.ts";
import type { Disk, Row } from "./disk.ts";

const keyOf = (name: string): Buffer => Buffer.concat([indexPrefix(META_ROWS), Buffer.from(name)]);
/** Lists the indexes of an import. */
export const STAGING_KEY = keyOf("staging");
/** Lists the indexes that deploys build and have removed. */
const CHANGING_KEY = keyOf("changing");
const LISTS = [STAGING_KEY, CHANGING_KEY];

/** Rows removed at once: everybody waits meanwhile. */
const ROWS_AT_ONCE = 1000;

function listed(disk: Disk, list: Buffer): number[] {
  return JSON.parse(disk.get(list) ?? "[]") as number[];
}

/** Every index number that belongs to no table. */
export function asideIndexNumbers(disk: Disk): number[] {
  return LISTS.flatMap((list) => listed(disk, list));
}

/** Removes at once what a list names, and the list. */
export function clearList(disk: Disk, list: Buffer): void {
  const numbers = listed(disk, list);
  if (numbers.length === 0) return;
  disk.writeNow((put) => {
    for (const number of numbers) clearIndex(disk, number, put);
    put({ key: list, value: null });
  });
  disk.refresh();
}

/** Removes what was interrupted before the start. */
export function clearAside(disk: Disk): void {
  for (const list of LISTS) clearList(disk, list);
}

/** Removes all rows of an index; inside one write. */
export function clearIndex(disk: Disk, indexNumber: number, put: (row: Row) => void): void {
  while (clearSome(disk, indexNumber, put));
}

/** Removes the first rows of an index; false when there were no more. */
function clearSome(disk: Disk, indexNumber: number, put: (row: Row) => void): boolean {
  const prefix = indexPrefix(indexNumber);
  const found = disk.keys(prefix, afterPrefix(prefix), ROWS_AT_ONCE, false);
  for (const key of found.keys) put({ key, value: null });
  return !found.exhausted;
}

/**
 * The indexes that deploys build and have removed, of one open store. Their list is on the disk only: a change that
 * fails takes back what it did to the list as well.
 */
export class ChangingIndexes {
  readonly #disk: Disk;
  #closed = false;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Lists indexes that belong to no table from now on; inside a write. */
  add(numbers: readonly number[], put: (row: Row) => void): void {
    put(rowOf([...new Set([...listed(this.#disk, CHANGING_KEY), ...numbers])]));
  }

  /** Takes indexes off the list that belong to a table from now on; inside a write. */
  adopt(numbers: readonly number[], put: (row: Row) => void): void {
    put(rowOf(listed(this.#disk, CHANGING_KEY).filter((number) => !numbers.includes(number))));
  }

  /** Removes the rows of listed indexes, a few at a time. What is left when the store closes goes at the start. */
  async clear(numbers: readonly number[]): Promise<void> {
    for (const number of numbers) {
      for (let isMore = true; isMore;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#closed) return;
        this.#disk.writeNow((put) => {
          isMore = clearSome(this.#disk, number, put);
          if (!isMore) this.adopt([number], put);
        });
      }
    }
  }

  close(): void {
    this.#closed = true;
  }
}

function rowOf(numbers: readonly number[]): Row {
  return { key: CHANGING_KEY, value: numbers.length === 0 ? null : JSON.stringify(numbers) };
}
