import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "./embedded.mjs";

/**
 * Runs `body` with an empty folder that is removed afterwards, whatever happens.
 * @template T
 * @param {(folder: string) => Promise<T>} body
 */
export async function withFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), "milepost-"));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs `body` with an empty embedded deployment on free ports that is thrown away afterwards.
 * @template T
 * @param {(deployment: import("./embedded.mjs").Deployment) => Promise<T>} body
 * @param {{hasMovableClock?: boolean}} [options]
 */
export const withDeployment = (body, options = {}) =>
  withFolder(async (dataDir) => {
    const deployment = await startEmbedded({ dataDir, quiet: true, ...options });
    try {
      return await body(deployment);
    } finally {
      await deployment.stop();
    }
  });
