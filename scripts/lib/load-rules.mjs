import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { CACHE, inRoot } from "./paths.mjs";

/**
 * The pure rules a script shares with the backend and the page, bundled to something this Node can load.
 * @returns {Promise<typeof import("../../packages/backend/lib/rules/archive") & typeof import("../../packages/backend/lib/rules/dates")>}
 */
export async function loadRules() {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from "./archive"; export * from "./dates";`,
      resolveDir: inRoot("packages", "backend", "lib", "rules"),
    },
    bundle: true,
    // CommonJS, because the CSV library reaches for Node's modules by require.
    format: "cjs",
    platform: "node",
    write: false,
  });
  const code = outputFiles[0]?.text ?? "";
  const file = join(
    CACHE,
    `rules-${createHash("sha256").update(code).digest("hex").slice(0, 16)}.cjs`,
  );
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true });
    // Renamed into place, so that a second script never loads half of it.
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  }
  return createRequire(import.meta.url)(file);
}
