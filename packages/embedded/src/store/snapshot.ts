/** All rows of one moment, readable for as long as it takes while others go on writing. */
import type { Table } from "./catalog.ts";
import type { Disk, PinnedRows } from "./disk.ts";
import { storedText } from "./document.ts";
import type { Snapshot, SnapshotTable } from "../types.ts";

export class StoreSnapshot implements Snapshot {
  readonly #rows: PinnedRows;
  readonly #tables: readonly Table[];

  /** Everything committed must be on disk. */
  constructor(disk: Disk, tables: readonly Table[]) {
    this.#rows = disk.pin();
    this.#tables = tables.filter(({ isSystem }) => !isSystem);
  }

  tables(): SnapshotTable[] {
    return this.#tables.map(({ component, name, number }) => ({ component, name, number }));
  }

  *documents({ component, name }: SnapshotTable): Generator<string> {
    const table = this.#tables.find((one) => one.component === component && one.name === name);
    const byId = table?.indexes[0];
    if (byId === undefined) return;
    for (const { value } of this.#rows.range(byId.prefix, byId.end)) yield storedText(value);
  }

  close(): void {
    this.#rows.release();
  }
}
