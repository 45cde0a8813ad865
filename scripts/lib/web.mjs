import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { hashInputs } from "./inputs.mjs";
import { CACHE, inRoot } from "./paths.mjs";
import { runNode } from "./processes.mjs";

export const WEB_DIST = inRoot("packages", "web", "dist");

/** The page itself, what it imports of the backend, and the locked versions of its libraries. */
const INPUTS = ["packages/web", "packages/backend", "pnpm-lock.yaml"];
const STAMP = join(CACHE, "web-build");

/** Builds the page into packages/web/dist; refuses with what the bundler said. */
async function buildWeb() {
  const { code, output } = await runNode("packages/web/node_modules/vite/bin/vite.js", ["build"], {
    cwd: inRoot("packages", "web"),
    capture: true,
  });
  if (code !== 0) throw new Failure(`${output}\nThe web app could not be built.`);
}

/** Builds the page unless the last build was of exactly these sources. */
export async function buildWebIfChanged() {
  const inputs = hashInputs(INPUTS);
  const built = existsSync(join(WEB_DIST, "index.html")) && existsSync(STAMP);
  if (built && readFileSync(STAMP, "utf8") === inputs) return;
  console.log("Building the web app ...");
  // Without it a build that is killed would count as the one before.
  rmSync(STAMP, { force: true });
  await buildWeb();
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(STAMP, inputs);
}
