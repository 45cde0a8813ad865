import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { CACHE, inRoot } from "./paths.mjs";

/**
 * The pure rules a script shares with the backend and the page, bundled to something this Node can load.
 * @returns {Promise<typeof import("../../packages/backend/lib/rules/archive") & typeof import("../../packages/backend/lib/rules/dates")>}
 */
export async function loadRules() {
  // CommonJS, because the CSV library reaches for Node's modules by require.
  const outfile = join(CACHE, `rules-${process.pid}.cjs`);
  await build({
    stdin: {
      contents: `export * from "./archive"; export * from "./dates";`,
      resolveDir: inRoot("packages", "backend", "lib", "rules"),
    },
    bundle: true,
    format: "cjs",
    platform: "node",
    outfile,
  });
  return createRequire(import.meta.url)(outfile);
}
