import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Failure } from "./failure.mjs";
import { ROOT, inRoot } from "./paths.mjs";
import { ended, onSignals, terminate } from "./processes.mjs";

/**
 * @typedef {object} Deployment
 * @property {string} url where clients and the CLI talk to it
 * @property {string} siteUrl where its HTTP actions answer; the issuer of its sign-in tokens
 * @property {string} adminKey
 * @property {string} dataDir
 * @property {import("node:child_process").ChildProcess} child
 * @property {Promise<{code: number | null, signal: NodeJS.Signals | null}>} exited
 * @property {() => boolean} isStopping whether it was asked to end
 * @property {() => Promise<void>} stop ends it cleanly
 */

/**
 * Loaded into the child before its program: ends it in order when its parent is gone, however that came about. A killed
 * `npm start` would otherwise leave a deployment behind that holds the data folder and the port.
 */
const TIED_TO_PARENT = 'process.on("disconnect", () => process.kill(process.pid, "SIGTERM"))';

/** The admin key of a data folder. @param {string} dataDir */
export function readAdminKey(dataDir) {
  try {
    return readFileSync(join(dataDir, "admin-key"), "utf8").trim();
  } catch {
    throw new Failure(`No admin key in ${dataDir}: is it the data folder of a Milepost?`);
  }
}

/**
 * Starts the embedded deployment as a child process and waits until it answers. When it refuses to start (data
 * folder locked, format too new) what it printed is the failure's message. It ends when this process does.
 * @param {{dataDir: string, port?: number, sitePort?: number, host?: string, quiet?: boolean, hasMovableClock?: boolean, hasProfiler?: boolean}} options
 *   ports: 0 (the default) = any free one; quiet: do not show its log once it runs; hasMovableClock: `moveClock` works;
 *   hasProfiler: `profileOf` of scripts/bench/profile.mjs works
 * @returns {Promise<Deployment>}
 */
export async function startEmbedded({
  dataDir,
  port = 0,
  sitePort = 0,
  host = "127.0.0.1",
  quiet = false,
  hasMovableClock = false,
  hasProfiler = false,
}) {
  const child = spawn(
    process.execPath,
    [
      `--import=data:text/javascript,${encodeURIComponent(TIED_TO_PARENT)}`,
      ...(hasMovableClock ? [`--import=${inRoot("scripts", "lib", "movable-clock.mjs")}`] : []),
      ...(hasProfiler ? [`--import=${inRoot("scripts", "bench", "profiler.mjs")}`] : []),
      inRoot("packages", "embedded", "bin", "milepost-embedded.mjs"),
      `--data-dir=${dataDir}`,
      `--host=${host}`,
      `--port=${port}`,
      `--site-port=${sitePort}`,
    ],
    { cwd: ROOT, stdio: ["ignore", "pipe", "pipe", "ipc"] },
  );
  const exited = ended(child);
  // Also before it is ready, when nobody else can stop it yet.
  let isStopping = false;
  const stop = async () => {
    isStopping = true;
    await terminate(child);
  };
  const ignore = onSignals(() => void stop());
  void exited.finally(ignore);
  let log = "";
  let isReady = false;
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    if (isReady && !quiet) process.stderr.write(text);
    else log = (log + text).slice(-20_000);
  });
  const ready = await Promise.race([
    readyLine(/** @type {import("node:stream").Readable} */ (child.stdout), quiet),
    exited.then(({ code, signal }) => {
      const end = `The deployment ended before it was ready (${signal ?? `exit ${code}`}).`;
      throw new Failure(log.trim() || end);
    }),
  ]);
  isReady = true;
  return {
    ...ready,
    adminKey: readAdminKey(dataDir),
    dataDir,
    child,
    exited,
    isStopping: () => isStopping,
    stop,
  };
}

/**
 * Lets time pass for a deployment that was started with a movable clock, and for nobody else.
 * @param {Deployment} deployment @param {number} ms
 */
export async function moveClock({ child }, ms) {
  const moved = once(child, "message");
  child.send(ms);
  await moved;
}

/**
 * Waits for the one line of JSON that says it is ready; what else it prints is passed on.
 * @param {import("node:stream").Readable} stdout @param {boolean} quiet
 * @returns {Promise<{url: string, siteUrl: string}>}
 */
function readyLine(stdout, quiet) {
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on("line", (line) => {
      const ready = line.startsWith('{"event":"ready"') ? JSON.parse(line) : null;
      if (ready !== null) resolve({ url: ready.url, siteUrl: ready.siteUrl });
      else if (!quiet) console.log(line);
    });
  });
}
