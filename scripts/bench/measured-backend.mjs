import { cpSync } from "node:fs";
import { join } from "node:path";
import { copyBackend } from "../lib/backend-copy.mjs";
import { convexCli } from "../lib/deploy.mjs";
import { Failure } from "../lib/failure.mjs";
import { inRoot } from "../lib/paths.mjs";

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
  const { root, backend } = copyBackend("measured");
  cpSync(inRoot("scripts", "bench", module.from), join(backend, module.as));
  const flags = ["--typecheck", "disable", "--codegen", "disable"];
  const { code, output } = await convexCli(["deploy", ...flags], deployment, { cwd: root });
  if (code !== 0) throw new Failure(`${output}\nThe measured backend could not be deployed.`);
}
