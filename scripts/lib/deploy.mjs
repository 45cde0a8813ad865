import { Failure } from "./failure.mjs";
import { runNode } from "./processes.mjs";

/**
 * The environment in which the official CLI talks to this deployment and to no other. The admin key goes this way
 * because every user of the machine can read the arguments of a process.
 * @param {{url: string, adminKey: string}} deployment
 */
export const cliEnvironment = ({ url, adminKey }) => ({
  CONVEX_SELF_HOSTED_URL: url,
  CONVEX_SELF_HOSTED_ADMIN_KEY: adminKey,
  // Empty counts as absent, and keeps what an .env file or a shell says about another deployment out.
  CONVEX_DEPLOYMENT: "",
  CONVEX_DEPLOY_KEY: "",
  CONVEX_DEPLOYMENT_TOKEN: "",
  // It looks for `localStorage`, and Node warns of that from 25 on: a warning of the experimental kind.
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --disable-warning=ExperimentalWarning`.trim(),
  // CI switches off the crash reporting, whose own failure would hide the real one.
  CI: "1",
});

/**
 * Runs the official Convex CLI against a deployment, without internet and without asking anything.
 * @param {string[]} command e.g. ["deploy"] @param {{url: string, adminKey: string}} deployment
 * @param {{capture?: boolean, cwd?: string}} [options] cwd: the project's folder, this repository's unless told
 */
export const convexCli = (command, deployment, { capture = true, cwd } = {}) =>
  runNode("node_modules/convex/bin/main.js", command, {
    env: { ...cliEnvironment(deployment), FORCE_COLOR: "0" },
    capture,
    ...(cwd === undefined ? {} : { cwd }),
  });

/**
 * Deploys packages/backend. Refuses with everything the CLI said, e.g. when stored rows do not fit the schema.
 * @param {{url: string, adminKey: string}} deployment @param {{cwd?: string}} [project] a copy's folder
 */
export async function deployBackend(deployment, project = {}) {
  const flags = ["--typecheck", "disable", "--codegen", "disable"];
  const { code, output } = await convexCli(["deploy", ...flags], deployment, project);
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
