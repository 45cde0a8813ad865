import { cpSync } from "node:fs";
import { join } from "node:path";
import { copyBackend } from "../lib/backend-copy.mjs";
import { deployBackend } from "../lib/deploy.mjs";
import { inRoot } from "../lib/paths.mjs";

/**
 * Deploys a copy of the backend with more modules. Measuring must not put a door into the product.
 * @param {import("../lib/embedded.mjs").Deployment} deployment
 * @param {Array<{from: string, as: string}>} modules files of this folder, and their names in the backend
 */
export async function deployMeasuredBackend(deployment, modules) {
  const { root, backend } = copyBackend("measured");
  for (const { from, as } of modules) cpSync(inRoot("scripts", "bench", from), join(backend, as));
  await deployBackend(deployment, { cwd: root });
}
