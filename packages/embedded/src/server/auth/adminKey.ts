/** The admin key: random at the first start, in the data folder, readable by its owner only. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../listen.ts";

const KEY = /^[\w-]+\|[0-9a-f]{64}$/;

/**
 * Reads `<dir>/admin-key`, or creates it with mode 0600. Refuses with `StartError` a file that cannot be read or
 * holds something else, since replacing it would lock out whoever still has the old key.
 */
export function loadAdminKey(dir: string): string {
  const file = join(dir, "admin-key");
  try {
    const known = readIfThere(file);
    if (known === null) return createKey(file);
    const key = known.trim();
    if (KEY.test(key)) return key;
  } catch (error) {
    throw new StartError(
      `The admin key ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  throw new StartError(`${file} holds no admin key. Remove it to get a new one.`);
}

/** The file has its name only when the key is in it: a start that is killed leaves none, or a whole one. */
function createKey(file: string): string {
  const key = `milepost|${randomBytes(32).toString("hex")}`;
  const draft = `${file}.new`;
  writeFileSync(draft, `${key}\n`, { mode: 0o600, flush: true });
  renameSync(draft, file);
  return key;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Compares in constant time, but for the length: all keys have the same, and that is no secret. */
export function sameKey(candidate: string, key: string): boolean {
  const [given, wanted] = [Buffer.from(candidate), Buffer.from(key)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
