import { cpSync, existsSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { demoKeyFile, seedDemo } from "./demo.mjs";
import { Failure } from "./failure.mjs";
import { LAUNCH_OPTIONS, launchDeployment, untilStopped } from "./launch.mjs";
import { buildOldData } from "./old-data.mjs";
import { readOptions } from "./options.mjs";
import { pushIfChanged } from "./push.mjs";
import { createWebServer, listen } from "./serve.mjs";
import { WEB_DIST, buildWebIfChanged } from "./web.mjs";

/** @typedef {import("./embedded.mjs").Deployment} Deployment */

/** Waits for all of them, then throws the first failure. @param {Array<Promise<unknown>>} tasks */
async function allDone(tasks) {
  for (const outcome of await Promise.allSettled(tasks)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

/**
 * Serves a copy of the built page, so that a build made meanwhile cannot take files from under the server.
 * @param {{deployment: Deployment, webPort: number, host: string, demo: boolean}} options
 */
export async function serveWeb({ deployment, webPort, host, demo }) {
  const folder = join(deployment.dataDir, "web");
  rmSync(folder, { recursive: true, force: true });
  cpSync(WEB_DIST, folder, { recursive: true });
  const { url: convexUrl, siteUrl } = deployment;
  const server = createWebServer({ folder, config: { convexUrl, siteUrl, demo } });
  await listen(server, { port: webPort, host });
  return server;
}

/** @param {{deployment: Deployment, webUrl: string}} running */
function printHints({ deployment, webUrl }) {
  const folder = relative(process.cwd(), deployment.dataDir) || ".";
  console.log(`Milepost is running at ${webUrl}`);
  console.log(
    `  Deployment ${deployment.url}, HTTP actions ${deployment.siteUrl}, data in ${folder}`,
  );
  const keyFile = demoKeyFile(deployment.dataDir);
  if (existsSync(keyFile)) {
    const options = `--url ${deployment.siteUrl} --key-file ${relative(process.cwd(), keyFile)}`;
    console.log(`  The demo on the command line: npm run milepost -- board ${options}`);
  }
  console.log("  Ctrl-C stops it; all options: npm start -- --help");
}

/**
 * `npm start`: the embedded deployment with the backend, the web page, and on the first start the demo challenge.
 * Runs until a signal or until the deployment ends.
 * @param {string[]} argv
 */
export async function start(argv) {
  const options = readOptions("npm start -- [options]", LAUNCH_OPTIONS, argv);
  if (options === null) return;
  await untilStopped(async (cleanups) => {
    const building = buildWebIfChanged();
    // Its failure is reported below, after the deployment's, which explains more.
    building.catch(() => {});
    const running = await launchDeployment(options);
    const { deployment, webPort, webUrl, demoAllowed } = running;
    cleanups.push(deployment.stop);
    await allDone([pushIfChanged(deployment), building]);
    const watchBuilding = await buildOldData(deployment);
    const fillDemo = demoAllowed ? await seedDemo(deployment) : null;
    const server = await serveWeb({ deployment, webPort, host: options.host, demo: demoAllowed });
    cleanups.push(async () => server.close().closeAllConnections());
    printHints({ deployment, webUrl });
    void watchBuilding?.();
    void fillDemo?.();
    const { code, signal } = await deployment.exited;
    throw new Failure(`The deployment ended (${signal ?? `exit ${code}`}), so Milepost stops.`);
  });
}
