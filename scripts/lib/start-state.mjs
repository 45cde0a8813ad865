import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What `npm start` remembers about a data folder.
 * @typedef {object} StartState
 * @property {string} [pushedInputs] hash of the backend's sources deployed last
 * @property {string} [pushedModules] hash of the modules the deployment had right after
 * @property {string} [url] where the deployment answers while it runs
 * @property {string} [siteUrl] issuer of the sign-in tokens at the last start
 * @property {"seeding" | "ready" | "off"} [demo] decided at the first start
 */

/** @param {string} dataDir */
const file = (dataDir) => join(dataDir, "start.json");

/** @param {string} dataDir @returns {StartState} */
export function readState(dataDir) {
  try {
    return JSON.parse(readFileSync(file(dataDir), "utf8"));
  } catch {
    // Absent at the first start; a damaged one only costs a push.
    return {};
  }
}

/**
 * Changes some of the remembered facts; a crash leaves the old file or the new one, never half of one.
 * @param {string} dataDir @param {StartState} changes
 */
export function updateState(dataDir, changes) {
  const temporary = `${file(dataDir)}.new`;
  writeFileSync(temporary, `${JSON.stringify({ ...readState(dataDir), ...changes }, null, 2)}\n`, {
    mode: 0o600,
  });
  renameSync(temporary, file(dataDir));
}
