import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder; every script works from it, wherever it was called. */
export const ROOT = join(fileURLToPath(import.meta.url), "..", "..", "..");

/** Absolute path of a file of the repository. @param {string[]} parts */
export const inRoot = (...parts) => join(ROOT, ...parts);

/** Stamps and bundles that may be thrown away; goes with node_modules. */
export const CACHE = inRoot("node_modules", ".cache", "milepost");
