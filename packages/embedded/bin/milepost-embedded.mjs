#!/usr/bin/env node
// Node 20 cannot run TypeScript, so the sources are bundled at every start; that takes a fraction of a second.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { outputFiles } = buildSync({
  entryPoints: [join(root, "src", "command", "main.ts")],
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  format: "esm",
  write: false,
});

const [{ contents }] = outputFiles;
// Named by what is in it: other sources with the same node_modules start at the same time. Inside this package's
// node_modules, so that the bundle finds the package's own dependencies.
const folder = join(root, "node_modules", ".cache", "milepost");
const hash = createHash("sha256").update(contents).digest("hex").slice(0, 16);
const bundle = join(folder, `server-${hash}.mjs`);
if (!existsSync(bundle)) {
  mkdirSync(folder, { recursive: true });
  // Written aside and renamed: nobody reads half of it.
  const draft = `${bundle}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, bundle);
}

await import(pathToFileURL(bundle).href);
