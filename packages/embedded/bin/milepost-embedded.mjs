#!/usr/bin/env node
// Node 20 cannot run TypeScript, so the sources are bundled at every start; that takes a fraction of a second.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
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

// Inside this package's node_modules, so that the bundle finds the package's own dependencies.
const folder = join(root, "node_modules", ".cache", "milepost");
const bundle = join(folder, "server.mjs");
mkdirSync(folder, { recursive: true });
// Written aside and renamed: another start may be reading the old one at this moment.
const draft = `${bundle}.${process.pid}`;
writeFileSync(draft, outputFiles[0].contents);
renameSync(draft, bundle);

await import(pathToFileURL(bundle).href);
