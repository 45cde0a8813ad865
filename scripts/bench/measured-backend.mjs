import { cpSync } from "node:fs";
import { join } from "node:path";
import { copyBackend } from "../lib/backend-copy.mjs";
import { convexCli } from "../lib/deploy.mjs";
import { Failure } from "../lib/failure.mjs";
import { inRoot } from "../lib/paths.mjs";

/**
 * Deploys a copy of the backend with more modules. Measuring must not put a door into the product.
 * @param {import("../lib/embedded.mjs").Deployment} deployment
 * @param {Array<{from: string, as: string}>} modules files of this folder, and their names in the backend
 */
export async function deployMeasuredBackend(deployment, modules) {
  const { root, backend } = copyBackend("measured");
  for (const { from, as } of modules) cpSync(inRoot("scripts", "bench", from), join(backend, as));
  const flags = ["--typecheck", "disable", "--codegen", "disable"];
  const { code, output } = await convexCli(["deploy", ...flags], deployment, { cwd: root });
  if (code !== 0) throw new Failure(`${output}\nThe measured backend could not be deployed.`);
}
