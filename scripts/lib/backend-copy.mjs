import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CACHE, inRoot } from "./paths.mjs";

/** @param {string} source */
const isDeployed = (source) => !["node_modules", "tests", "dist"].includes(basename(source));

/**
 * A copy of packages/backend that a check may add to: what measures or tries the product must not be in it.
 * @param {string} name of the copy; what it held before is gone
 * @returns {{root: string, backend: string}} where the official CLI runs, and where the functions are
 */
export function copyBackend(name) {
  const root = join(CACHE, name);
  const backend = join(root, "packages", "backend");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(backend, { recursive: true });
  cpSync(inRoot("packages", "backend"), backend, { recursive: true, filter: isDeployed });
  symlinkSync(inRoot("packages", "backend", "node_modules"), join(backend, "node_modules"), "dir");
  symlinkSync(inRoot("node_modules"), join(root, "node_modules"), "dir");
  for (const file of ["package.json", "convex.json"]) cpSync(inRoot(file), join(root, file));
  writeFileSync(join(root, ".gitignore"), "*\n");
  return { root, backend };
}
