import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { adminPost, deployBackend } from "./deploy.mjs";
import { hashInputs } from "./inputs.mjs";
import { inRoot } from "./paths.mjs";
import { readState, updateState } from "./start-state.mjs";

/** What a deploy is made of: the functions, and the locked versions of what they import. */
const INPUTS = ["packages/backend", "convex.json", "pnpm-lock.yaml"];

/** Of the official CLI, which asks the same question. @returns {string} */
const packageVersion = () =>
  JSON.parse(readFileSync(inRoot("node_modules", "convex", "package.json"), "utf8")).version;

/**
 * A hash of the modules a deployment has now, so that a push by hand, or an emptied database, is noticed.
 * @param {{url: string, adminKey: string}} deployment
 */
async function deployedModules(deployment) {
  const { moduleHashes } = await adminPost(deployment, "/api/get_config_hashes", {
    version: packageVersion(),
    adminKey: deployment.adminKey,
  });
  if (moduleHashes.length === 0) return null;
  /** @type {string[]} */
  const lines = moduleHashes.map(
    (/** @type {{path: string, hash: string}} */ m) => `${m.path} ${m.hash}`,
  );
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

/**
 * Deploys the backend unless the deployment already has exactly these sources.
 * @param {import("./embedded.mjs").Deployment} deployment
 */
export async function pushIfChanged(deployment) {
  const inputs = hashInputs(INPUTS);
  const { pushedInputs, pushedModules } = readState(deployment.dataDir);
  if (inputs === pushedInputs && (await deployedModules(deployment)) === pushedModules) return;
  console.log("Deploying the backend ...");
  await deployBackend(deployment);
  const modules = await deployedModules(deployment);
  updateState(deployment.dataDir, { pushedInputs: inputs, pushedModules: modules ?? undefined });
}
