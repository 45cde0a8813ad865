/** A data folder: its lock, and its data file opened by the one process that has it. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { reasonNotToOpen } from "./dataFile.ts";
import { Disk } from "./disk.ts";
import { StoreError } from "./errors.ts";
import { damaged } from "./format.ts";
import { lockDirectory, type Lock } from "./lock.ts";

const DATA_FILE = "store.mdb";

/** Where the rows of a data folder are. */
export function dataFileOf(dir: string): string {
  return join(dir, DATA_FILE);
}

/** Where a compacted copy of the data file is made. */
export const compactPart = (dir: string): string => `${dataFileOf(dir)}.compact`;

/** Where the copy of a backup is made. */
export const restorePart = (dir: string): string => join(dir, "restore.part");

/** A data folder that nobody else can open until both parts are closed. */
export interface OpenFolder {
  disk: Disk;
  lock: Lock;
  path: string;
}

/**
 * Makes the folder when it is missing, locks it and opens its data file. Refuses with `StoreError`: LOCKED,
 * DAMAGED, or UNUSABLE when the folder cannot be made or written to; then nothing is left open.
 */
export async function openFolder(dir: string, sync: boolean): Promise<OpenFolder> {
  usable(dir, () => makeFolder(dir, 0o700));
  const lock = await lockDirectory(dir);
  const path = dataFileOf(dir);
  try {
    usable(dir, () => requireWhole(dir, path));
    usable(dir, () => removeHalfCopies(dir));
    return { disk: usable(dir, () => openDisk(dir, path, sync)), lock, path };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Refuses with DAMAGED a data file that LMDB must not map; a missing one is the first start. */
export function requireWhole(dir: string, path: string): void {
  if (!existsSync(path)) return;
  if (statSync(path).size === 0) {
    // The first start was interrupted before it wrote anything; later the folder holds more than this file.
    if (readdirSync(dir).every((name) => name.startsWith(DATA_FILE))) return;
    throw damaged(path, "it is empty");
  }
  const reason = reasonNotToOpen(path);
  if (reason !== null) throw damaged(path, reason);
}

/** What a compaction or a restore that was killed has left; whoever has the lock may not meet a running one. */
function removeHalfCopies(dir: string): void {
  for (const folder of [compactPart(dir), restorePart(dir)]) {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openDisk(dir: string, path: string, sync: boolean): Disk {
  const isNew = !existsSync(path);
  const disk = Disk.open(path, sync);
  // A commit outlives a power cut only when the name of its file does.
  if (isNew && sync) flushFolder(dir);
  return disk;
}

/** Makes a folder, and those above it, unless it is there; their names are on disk when this returns. */
export function makeFolder(dir: string, mode?: number): void {
  const first = mkdirSync(dir, { recursive: true, mode });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let folder = resolve(dir); folder !== top;) flushFolder((folder = dirname(folder)));
}

/** Waits until what is in a file is on disk. */
export function flush(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Waits until the names in a folder are on disk; Windows cannot, and keeps them by itself. */
export function flushFolder(path: string): void {
  if (process.platform !== "win32") flush(path);
}

/** Runs an action on the folder; what the file system refuses becomes a sentence for the operator. */
export function usable<Result>(dir: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof StoreError || !(error instanceof Error)) throw error;
    throw new StoreError(
      "UNUSABLE",
      `The data folder ${dir} cannot be used: ${error.message}. It must be on a disk with free space and writable for the user who starts this.`,
    );
  }
}
