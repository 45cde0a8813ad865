/** The rows a store keeps about itself: the version of its layout, its newest commit, its tables and indexes. */
import { indexPrefix } from "../codec/keys.ts";
import { Catalog, META_ROWS, type CatalogRecord } from "./catalog.ts";
import type { Disk, Row } from "./disk.ts";
import { StoreError } from "./errors.ts";

/** Leads the rows from one layout to the next; everything it puts is written together with the new version. */
type Migration = (disk: Disk, put: (row: Row) => void) => void;

/** The first leads from format 1 to 2. There has been one format so far. */
const MIGRATIONS: readonly Migration[] = [];
const FIRST_FORMAT = 1;

const metaKey = (name: string): Buffer =>
  Buffer.concat([indexPrefix(META_ROWS), Buffer.from(name)]);
const FORMAT_KEY = metaKey("format");
export const TS_KEY = metaKey("ts");
export const CATALOG_KEY = metaKey("catalog");

/** The newest layout this version reads, and the one it writes. */
export const FORMAT_VERSION = FIRST_FORMAT + MIGRATIONS.length;

/**
 * Brings an opened data file to the newest layout; an empty one starts with it. Refuses a newer layout with
 * NEWER_FORMAT and a file that holds something else with DAMAGED, and then changes nothing.
 */
export function prepareFormat(disk: Disk, path: string, migrations = MIGRATIONS): void {
  if (disk.isEmpty()) {
    const newest = String(FIRST_FORMAT + migrations.length);
    disk.writeNow((put) => put({ key: FORMAT_KEY, value: newest }));
    return;
  }
  const format = checkFormat(disk, path, FIRST_FORMAT + migrations.length);
  migrations.slice(format - FIRST_FORMAT).forEach((migrate, i) => {
    disk.writeNow((put) => {
      migrate(disk, put);
      put({ key: FORMAT_KEY, value: String(format + i + 1) });
    });
    disk.refresh();
  });
}

/** The layout of a data file. Refuses as `prepareFormat`; `newest`: the newest that may be read. */
export function checkFormat(disk: Disk, path: string, newest = FORMAT_VERSION): number {
  const format = Number(disk.get(FORMAT_KEY));
  if (!Number.isInteger(format) || format < FIRST_FORMAT) {
    throw damaged(path, "it does not say which format its rows have");
  }
  if (format > newest) {
    throw new StoreError(
      "NEWER_FORMAT",
      `The data file ${path} was written by a newer version (format ${format}; this version reads up to ${newest}). Start that version, or choose another folder.`,
    );
  }
  return format;
}

/** The newest commit and the tables of a data file. Refuses unreadable ones with DAMAGED. */
export function readState(disk: Disk, path: string): { ts: bigint; catalog: Catalog } {
  try {
    const catalog = disk.get(CATALOG_KEY);
    return {
      ts: BigInt(disk.get(TS_KEY) ?? 0),
      catalog:
        catalog === undefined
          ? new Catalog()
          : Catalog.fromRecord(JSON.parse(catalog) as CatalogRecord),
    };
  } catch {
    throw damaged(path, "the list of its tables cannot be read");
  }
}

/** The refusal of a data file that is not whole. */
export function damaged(path: string, reason: string): StoreError {
  return new StoreError(
    "DAMAGED",
    `The data file ${path} is damaged: ${reason}. Move it away and restore a backup into the folder.`,
  );
}
