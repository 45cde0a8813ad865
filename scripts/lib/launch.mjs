import { existsSync, mkdirSync } from "node:fs";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import { startEmbedded } from "./embedded.mjs";
import { prepareEnvironment } from "./environment.mjs";
import { Failure } from "./failure.mjs";
import { readPort } from "./options.mjs";
import { choosePort } from "./ports.mjs";
import { onSignals } from "./processes.mjs";
import { readState, updateState } from "./start-state.mjs";

/** The options `npm start` and `npm run dev` share. */
export const LAUNCH_OPTIONS = /** @type {const} */ ({
  "data-dir": { type: "string", value: "DIR", default: ".milepost", help: "where the data lives" },
  port: { type: "string", value: "N", default: "3210", help: "port of the deployment" },
  "site-port": { type: "string", value: "N", default: "3211", help: "port of its HTTP actions" },
  "web-port": { type: "string", value: "N", default: "3000", help: "port of the web page" },
  host: { type: "string", value: "ADDRESS", default: "127.0.0.1", help: "address to listen on" },
  "no-demo": { type: "boolean", help: "start empty, without the demo challenge" },
});

/** @typedef {Record<"data-dir" | "port" | "site-port" | "web-port" | "host", string> & {"no-demo": boolean}} LaunchOptions */

/** @param {string} host */
const isLoopback = (host) => host === "localhost" || host === "::1" || host.startsWith("127.");

/** @param {string} host @param {number} port */
const httpUrl = (host, port) => `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/**
 * A page served to other machines must name an address they can reach, so a wildcard will not do.
 * @param {string} host
 */
function checkHost(host) {
  // All zeros however it is written (0, ::0), and nothing at all, which Node takes for the same.
  if (!/^[0.:]*$/.test(host)) return;
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => !entry.internal && entry.family === "IPv4")
    .map((entry) => entry.address);
  throw new Failure(
    `--host ${host || '""'} is every address at once, but the page must name one. ` +
      `Give the one other machines reach: ${addresses.join(" or ") || "none was found"}.`,
  );
}

/**
 * The first start of a data folder decides whether it holds the demo: a later one must not mix it into real data. A
 * folder with data and without that decision counts as real.
 * @param {string} dataDir @param {boolean} isWanted
 */
function decideDemo(dataDir, isWanted) {
  const decided = readState(dataDir).demo;
  if (decided !== undefined) return decided;
  const isNew = !existsSync(join(dataDir, "admin-key"));
  const demo = isNew && isWanted ? "seeding" : "off";
  updateState(dataDir, { demo });
  return demo;
}

/** @param {string} dataDir */
function makeDataDir(dataDir) {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Failure(`--data-dir ${dataDir} cannot be made: ${text}`);
  }
}

/**
 * Finds the three ports and starts the deployment on its data folder, with what the backend needs in its environment.
 * @param {LaunchOptions} options
 * @param {{hasMovableClock?: boolean, quiet?: boolean}} [how] for checks: see `startEmbedded`
 */
export async function launchDeployment(options, how = {}) {
  const { host } = options;
  checkHost(host);
  const dataDir = resolve(options["data-dir"]);
  makeDataDir(dataDir);
  /** @param {"port" | "site-port" | "web-port"} option @param {string} purpose */
  const port = (option, purpose) => {
    const wanted = readPort(options[option], option);
    // The deployment finds free ports itself; the page's has to be known before its server exists.
    if (wanted === 0 && option !== "web-port") return 0;
    return choosePort({ host, port: wanted, option, purpose });
  };
  const webPort = await port("web-port", "web page");
  const deploymentPort = await port("port", "deployment");
  const sitePort = await port("site-port", "HTTP actions");
  // Only now: a start that a taken port refuses decides nothing.
  const demo = decideDemo(dataDir, !options["no-demo"] && isLoopback(host));
  const deployment = await startEmbedded({ dataDir, host, port: deploymentPort, sitePort, ...how });
  const webUrl = httpUrl(host, webPort);
  const state = readState(dataDir);
  const demoAllowed = demo !== "off" && !options["no-demo"] && isLoopback(host);
  try {
    await prepareEnvironment(deployment, { webUrl, demo: demoAllowed });
  } catch (error) {
    await deployment.stop();
    throw error;
  }
  if (state.siteUrl !== undefined && state.siteUrl !== deployment.siteUrl) {
    console.log(`The address changed from ${state.siteUrl}: everybody has to sign in again.`);
  }
  updateState(dataDir, { url: deployment.url, siteUrl: deployment.siteUrl });
  return { deployment, webPort, webUrl, demoAllowed };
}

/**
 * Runs `body` until it is done or a signal asks to end, then cleans up in either case.
 * @param {(cleanups: Array<() => Promise<unknown>>) => Promise<void>} body adds to `cleanups` what must be stopped,
 *   in the order it was started
 */
export async function untilStopped(body) {
  /** @type {Array<() => Promise<unknown>>} */
  const cleanups = [];
  /** @type {() => void} */
  let ignore = () => {};
  const stopped = new Promise((resolve) => {
    ignore = onSignals(() => resolve(undefined));
  });
  try {
    await Promise.race([body(cleanups), stopped]);
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
    ignore();
  }
}
