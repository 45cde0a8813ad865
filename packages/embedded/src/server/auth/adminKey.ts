/** The admin key: random at the first start, in the data folder, readable by its owner only. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEY = /^[\w-]+\|[0-9a-f]{64}$/;

/**
 * Reads `<dir>/admin-key`, or creates it with mode 0600. Refuses a file that holds something else,
 * since replacing it would lock out whoever still has the old key.
 */
export function loadAdminKey(dir: string): string {
  const file = join(dir, "admin-key");
  try {
    const key = readFileSync(file, "utf8").trim();
    if (!KEY.test(key)) throw new Error(`${file} holds no admin key. Remove it to get a new one.`);
    return key;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const key = `milepost|${randomBytes(32).toString("hex")}`;
  writeFileSync(file, `${key}\n`, { mode: 0o600, flag: "wx" });
  return key;
}

/** Compares in constant time; hashing first makes the lengths equal. */
export function sameKey(candidate: string, key: string): boolean {
  return timingSafeEqual(digest(candidate), digest(key));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
