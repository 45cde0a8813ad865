/** A small map with byte-string keys in order. Made for the few rows of a transaction in flight. */

interface Entry<Value> {
  key: Buffer;
  value: Value;
}

/** From this many new entries on, sorting once is cheaper than inserting one by one. */
const SORT_FROM = 8;

const byKey = <Value>(left: Entry<Value>, right: Entry<Value>): number =>
  Buffer.compare(left.key, right.key);

export class SortedMap<Value> {
  #entries: Entry<Value>[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get(key: Buffer): Value | undefined {
    const entry = this.#entries[this.firstAtOrAfter(key)];
    return entry !== undefined && entry.key.equals(key) ? entry.value : undefined;
  }

  /** Position of the first entry with a key at or behind `key`. */
  firstAtOrAfter(key: Buffer): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(this.#entries[middle]!.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  at(position: number): Entry<Value> | undefined {
    return this.#entries[position];
  }

  entries(): Entry<Value>[] {
    return [...this.#entries];
  }

  set(key: Buffer, value: Value): void {
    const position = this.firstAtOrAfter(key);
    const entry = this.#entries[position];
    if (entry !== undefined && entry.key.equals(key)) entry.value = value;
    else this.#entries.splice(position, 0, { key, value });
  }

  /** `set` for many entries with distinct keys. */
  setAll(entries: ReadonlyArray<Entry<Value>>): void {
    if (entries.length < SORT_FROM) {
      for (const { key, value } of entries) this.set(key, value);
      return;
    }
    const fresh: Entry<Value>[] = [];
    for (const { key, value } of entries) {
      const existing = this.#entries[this.firstAtOrAfter(key)];
      if (existing !== undefined && existing.key.equals(key)) existing.value = value;
      else fresh.push({ key, value });
    }
    this.#entries = this.#entries.concat(fresh).sort(byKey);
  }

  delete(key: Buffer): void {
    const position = this.firstAtOrAfter(key);
    const entry = this.#entries[position];
    if (entry !== undefined && entry.key.equals(key)) this.#entries.splice(position, 1);
  }

  /** Keeps the entries whose value passes. */
  filter(keep: (value: Value) => boolean): void {
    this.#entries = this.#entries.filter((entry) => keep(entry.value));
  }
}
