import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./paths.mjs";

const SKIPPED = new Set(["node_modules", "dist", "tests", "e2e", "test-results"]);

/** @param {string} path relative to the root @returns {string[]} */
function filesUnder(path) {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (statSync(absolute).isFile()) return [path];
  return readdirSync(absolute)
    .filter((name) => !SKIPPED.has(name) && !name.startsWith("."))
    .flatMap((name) => filesUnder(`${path}/${name}`));
}

/**
 * One hash over the content of files and folders (tests, dist and node_modules left out), to tell whether
 * something built from them is still current.
 * @param {string[]} paths relative to the root
 */
export function hashInputs(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesUnder).sort()) {
    hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest("hex");
}
