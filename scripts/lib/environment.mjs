import { generateKeyPairSync } from "node:crypto";
import { adminPost } from "./deploy.mjs";

/** @typedef {{url: string, adminKey: string}} Target */

/**
 * The environment variables set on a deployment, by the same system query the official CLI asks.
 * @param {Target} target @returns {Promise<Record<string, string>>}
 */
async function readEnvironment(target) {
  const { value } = await adminPost(target, "/api/query", {
    path: "_system/cli/queryEnvironmentVariables:default",
    args: {},
    format: "json",
  });
  /** @type {Array<{name: string, value: string}>} */
  const variables = value;
  return Object.fromEntries(variables.map((variable) => [variable.name, variable.value]));
}

/**
 * The key pair Convex Auth signs its tokens with, in the shape its own set-up command writes: the private key
 * as one line, the public one as a key set.
 */
export function generateSigningKeys() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  return {
    JWT_PRIVATE_KEY: pem.trimEnd().replaceAll("\n", " "),
    JWKS: JSON.stringify({ keys: [{ use: "sig", ...publicKey.export({ format: "jwk" }) }] }),
  };
}

/**
 * Gives the deployment what the backend reads from its environment. Signing keys are made once and then kept, or
 * everybody would be signed out at each start; only what differs is sent, because a change makes every cached
 * result stale.
 * @param {Target} target
 * @param {{webUrl: string, demo: boolean}} options demo: allow the one-click sign-in of made-up people
 */
export async function prepareEnvironment(target, { webUrl, demo }) {
  const current = await readEnvironment(target);
  const keys = current.JWT_PRIVATE_KEY && current.JWKS ? {} : generateSigningKeys();
  /** @type {Record<string, string | undefined>} */
  const wanted = { ...keys, SITE_URL: webUrl, MILEPOST_DEMO: demo ? "1" : undefined };
  const changes = Object.entries(wanted)
    .filter(([name, value]) => current[name] !== value)
    .map(([name, value]) => ({ name, value }));
  if (changes.length > 0) await adminPost(target, "/api/update_environment_variables", { changes });
}
