/** What an operator does with a data folder from outside: copy it, put a copy back, shrink it, check it. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkRows, type CheckReport } from "./check.ts";
import { damagedPages } from "./dataFile.ts";
import { Disk } from "./disk.ts";
import { StoreError } from "./errors.ts";
import {
  compactPart,
  dataFileOf,
  flush,
  flushFolder,
  makeFolder,
  openFolder,
  requireWhole,
  restorePart,
  usable,
} from "./folder.ts";
import { checkFormat, damaged, readState } from "./format.ts";
import { lockDirectory, type Lock } from "./lock.ts";

/** A server may enlarge the file between the opening and the copying; then the copy starts again. */
const COPY_ATTEMPTS = 3;
const ADMIN_KEY = "admin-key";

export interface BackupOptions {
  /** Data folder, whether a server runs on it or not. */
  dir: string;
  /** A file that does not exist yet, or an existing folder to make one in. */
  target: string;
  /** Replaces an existing file. */
  overwrite: boolean;
  /** Told where the growing copy is. */
  onStart?: (part: string) => void;
}

/**
 * Copies all rows of one moment to one file, without stopping the server or its writers. The file has its
 * name only when it is complete and on disk. Refuses EXISTS, DAMAGED, NEWER_FORMAT, UNUSABLE.
 * @returns the file and its size in bytes
 */
export async function backup(options: BackupOptions): Promise<{ file: string; bytes: number }> {
  const source = existingDataFile(options.dir);
  const file = isFolder(options.target) ? join(options.target, newBackupName()) : options.target;
  if (existsSync(file) && !options.overwrite) {
    throw new StoreError("EXISTS", `${file} exists. Use --overwrite to replace it.`);
  }
  if (existsSync(file) && realpathSync(file) === realpathSync(source)) {
    throw new StoreError("UNUSABLE", `${file} is the data itself. Back it up to another place.`);
  }
  await inPrivateFolder(file, `${file}.part-${process.pid}`, async (part) => {
    options.onStart?.(part);
    for (let attempt = 1; ; attempt++) {
      const disk = Disk.openReadOnly(source);
      try {
        checkFormat(disk, source);
        await disk.copyTo(part);
        break;
      } catch (error) {
        if (error instanceof StoreError || attempt === COPY_ATTEMPTS) throw error;
        rmSync(part, { force: true });
      } finally {
        await disk.close();
      }
    }
    publish(part, file);
  });
  return { file, bytes: statSync(file).size };
}

/**
 * Puts a backup into a folder that is new, or empty but for its admin key. Refuses EXISTS for any other folder,
 * LOCKED when a server runs on it, DAMAGED and NEWER_FORMAT for a file that could not be opened.
 */
export async function restore(backupFile: string, dir: string): Promise<void> {
  if (!existsSync(backupFile)) throw new StoreError("UNUSABLE", `There is no file ${backupFile}.`);
  usable(dir, () => makeFolder(dir, 0o700));
  await locked(dir, async () => {
    const part = restorePart(dir);
    if (readdirSync(dir).some((name) => name !== ADMIN_KEY && name !== basename(part))) {
      throw new StoreError(
        "EXISTS",
        `The folder ${dir} is not empty. Restore into an empty one, and move it into place afterwards.`,
      );
    }
    await inPrivateFolder(dataFileOf(dir), part, async (copy) => {
      copyFileSync(backupFile, copy);
      requireWhole(dir, copy);
      await readOnly(copy, (disk) => {
        checkFormat(disk, backupFile);
        readState(disk, backupFile);
      });
      publish(copy, dataFileOf(dir));
    });
  });
}

/**
 * Rewrites the data file without the space that deleted rows have left. Refuses LOCKED while a server runs. A
 * crash leaves the old file or the new one.
 * @returns the size before and after, in bytes
 */
export async function compact(
  dir: string,
  onStart: (part: string) => void = () => {},
): Promise<{ before: number; after: number }> {
  existingDataFile(dir);
  const { disk, lock, path } = await openFolder(dir, true);
  try {
    const before = statSync(path).size;
    await inPrivateFolder(path, compactPart(dir), async (part) => {
      onStart(part);
      checkFormat(disk, path);
      await disk.copyTo(part);
      await disk.close();
      publish(part, path);
    });
    // It belongs to the old file.
    rmSync(`${path}-lock`, { force: true });
    return { before, after: statSync(path).size };
  } finally {
    await disk.close();
    await lock.release();
  }
}

/**
 * Checks a whole data folder and counts what is in it. With a server running it looks at the rows of one
 * moment; without one it also looks at every page of the file, and keeps a server from starting meanwhile.
 * @param onProgress told now and then how many rows have been read
 */
export async function check(
  dir: string,
  onProgress: (rows: number) => void = () => {},
): Promise<CheckReport & { wasRunning: boolean }> {
  const path = existingDataFile(dir);
  const lock = await lockUnlessRunning(dir);
  try {
    const pages = lock === null ? [] : damagedPages(path);
    // LMDB would stumble over these pages: the rows behind them cannot be read.
    if (pages.length > 0) throw damaged(path, pages.slice(0, 20).join("; "));
    return await readOnly(path, (disk) => {
      checkFormat(disk, path);
      const report = checkRows(disk, readState(disk, path).catalog, onProgress);
      return { ...report, wasRunning: lock === null };
    });
  } finally {
    await lock?.release();
  }
}

function existingDataFile(dir: string): string {
  const path = dataFileOf(dir);
  if (!existsSync(path)) throw new StoreError("UNUSABLE", `There is no data in the folder ${dir}.`);
  requireWhole(dir, path);
  return path;
}

async function locked<Result>(dir: string, action: () => Promise<Result>): Promise<Result> {
  const lock = await lockDirectory(dir);
  try {
    return await action();
  } finally {
    await lock.release();
  }
}

async function lockUnlessRunning(dir: string): Promise<Lock | null> {
  try {
    return await lockDirectory(dir);
  } catch (error) {
    if (error instanceof StoreError && error.code === "LOCKED") return null;
    throw error;
  }
}

async function readOnly<Result>(path: string, action: (disk: Disk) => Result): Promise<Result> {
  const disk = Disk.openReadOnly(path);
  try {
    return action(disk);
  } finally {
    await disk.close();
  }
}

/**
 * Lets `action` make `file` in a folder that is its own and gone afterwards: LMDB copies with the rights of any
 * new file, so the folder keeps others from reading it before it has its own. Refuses with UNUSABLE what the disk
 * refuses.
 */
async function inPrivateFolder(
  file: string,
  folder: string,
  action: (part: string) => Promise<void>,
): Promise<void> {
  try {
    makeFolder(dirname(folder));
    // What a killed process has left.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    await action(join(folder, "part"));
  } catch (error) {
    throw unwritable(file, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives a complete file its name, for good: both are on disk when this returns. */
function publish(part: string, file: string): void {
  chmodSync(part, 0o600);
  flush(part);
  renameSync(part, file);
  flushFolder(dirname(file));
}

/** What the file system refuses becomes a sentence for the operator. */
function unwritable(path: string, error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  return new StoreError("UNUSABLE", `${path} cannot be written: ${error.message}.`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function newBackupName(): string {
  return `milepost-${new Date().toISOString().replace(/[:.]/g, "-")}.mdb`;
}
