import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { convexCli } from "../lib/deploy.mjs";
import { Failure } from "../lib/failure.mjs";
import { CACHE, inRoot } from "../lib/paths.mjs";

/** @param {string} source */
const isDeployed = (source) => !["node_modules", "tests", "dist"].includes(basename(source));

/**
 * Deploys a copy of the backend with one more module, by default the one that reports what a transaction read and wrote.
 * Measuring must not put a door into the product.
 * @param {import("../lib/embedded.mjs").Deployment} deployment
 * @param {{from: string, as: string}} [module] a file of this folder, and its name in the backend
 */
export async function deployMeasuredBackend(
  deployment,
  module = { from: "measured.ts", as: "measured.ts" },
) {
  const copy = join(CACHE, "measured");
  const backend = join(copy, "packages", "backend");
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(backend, { recursive: true });
  cpSync(inRoot("packages", "backend"), backend, { recursive: true, filter: isDeployed });
  cpSync(inRoot("scripts", "bench", module.from), join(backend, module.as));
  symlinkSync(inRoot("packages", "backend", "node_modules"), join(backend, "node_modules"), "dir");
  symlinkSync(inRoot("node_modules"), join(copy, "node_modules"), "dir");
  for (const file of ["package.json", "convex.json"]) cpSync(inRoot(file), join(copy, file));
  writeFileSync(join(copy, ".gitignore"), "*\n");
  const flags = ["--typecheck", "disable", "--codegen", "disable"];
  const { code, output } = await convexCli(["deploy", ...flags], deployment, { cwd: copy });
  if (code !== 0) throw new Failure(`${output}\nThe measured backend could not be deployed.`);
}
