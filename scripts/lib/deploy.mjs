import { Failure } from "./failure.mjs";
import { runNode } from "./processes.mjs";

/**
 * Runs the official Convex CLI against a deployment, without internet and without asking anything.
 * @param {string[]} command e.g. ["deploy"] @param {{url: string, adminKey: string}} deployment
 * @param {{capture?: boolean}} [options]
 */
export const convexCli = (command, { url, adminKey }, { capture = true } = {}) =>
  runNode("node_modules/convex/bin/main.js", [...command, "--url", url, "--admin-key", adminKey], {
    // CI switches off the crash reporting, whose own failure would hide the real one.
    env: { CI: "1", FORCE_COLOR: "0" },
    capture,
  });

/**
 * Deploys packages/backend. Refuses with everything the CLI said, e.g. when stored rows do not fit the schema.
 * @param {{url: string, adminKey: string}} deployment
 */
export async function deployBackend(deployment) {
  const flags = ["--typecheck", "disable", "--codegen", "disable"];
  const { code, output } = await convexCli(["deploy", ...flags], deployment);
  if (code !== 0)
    throw new Failure(
      `${output.trim()}\n\nThe backend could not be deployed; stored data and the code deployed before are as they were.`,
    );
}

/**
 * Sends a request of the deployment's own API with the admin key.
 * @param {{url: string, adminKey: string}} deployment @param {string} path @param {object} body
 * @returns {Promise<any>}
 */
export async function adminPost({ url, adminKey }, path, body) {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${adminKey}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Failure(`${path} answered ${response.status}: ${text}`);
  return text === "" ? null : JSON.parse(text);
}
