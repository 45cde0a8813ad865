/** Results nobody watches any more, kept while they are still true: the least recently used go first. */
import type { QueryEntry } from "./queryEntry.ts";

export class IdleResults {
  readonly #entries = new Map<string, QueryEntry>();
  readonly #maxBytes: number;
  #bytes = 0;

  /** `maxBytes` bounds the results' JSON text, in UTF-16 units, and what it takes to watch over them. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  has(entry: QueryEntry): boolean {
    return this.#entries.get(entry.key) === entry;
  }

  /** Keeps an entry with a result; answers the entries that had to make room (perhaps itself). */
  add(entry: QueryEntry): QueryEntry[] {
    const dropped: QueryEntry[] = [];
    const previous = this.#entries.get(entry.key);
    if (previous !== undefined) {
      this.remove(previous);
      if (previous !== entry) dropped.push(previous);
    }
    this.#entries.set(entry.key, entry);
    this.#bytes += sizeOf(entry);
    for (const oldest of this.#entries.values()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.remove(oldest);
      dropped.push(oldest);
    }
    return dropped;
  }

  remove(entry: QueryEntry): void {
    if (!this.has(entry)) return;
    this.#entries.delete(entry.key);
    this.#bytes -= sizeOf(entry);
  }
}

/** About what one watched document or key range takes in memory. */
const DEPENDENCY_BYTES = 400;

function sizeOf({ key, result, dependencies }: QueryEntry): number {
  return key.length + (result?.fields.length ?? 0) + dependencies * DEPENDENCY_BYTES;
}
