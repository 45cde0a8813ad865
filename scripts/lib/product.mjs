import { spawn } from "node:child_process";
import { Failure } from "./failure.mjs";
import { connect } from "./client.mjs";
import { readAdminKey } from "./embedded.mjs";
import { ROOT } from "./paths.mjs";
import { ended, terminate } from "./processes.mjs";
import { readState } from "./start-state.mjs";

/** How long something may take to be printed, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Calls the product that runs on a data folder. @param {string} dataDir */
export function connectTo(dataDir) {
  const { url = "", siteUrl = "" } = readState(dataDir);
  return connect({ url, siteUrl, adminKey: readAdminKey(dataDir) });
}

/**
 * Starts the product as `npm start` does, on free ports, for checks of all of it. It is a process group of its own, so
 * that `kill` reaches the deployment as well; whoever starts it has to end it.
 * @param {string} dataDir @param {string[]} [args]
 */
export function startProduct(dataDir, args = []) {
  const ports = ["--port", "0", "--site-port", "0", "--web-port", "0"];
  const command = ["scripts/run.mjs", "start", "--data-dir", dataDir, ...ports, ...args];
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = ended(child);
  let output = "";
  let isOver = false;
  void exited.then(() => (isOver = true));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  }
  return {
    output: () => output,
    /** Waits until it has printed this. @param {string | RegExp} wanted */
    async printed(wanted) {
      for (const end = Date.now() + PATIENCE_MS; ;) {
        if (typeof wanted === "string" ? output.includes(wanted) : wanted.test(output)) return;
        if (isOver || Date.now() > end) {
          throw new Failure(`npm start did not print ${String(wanted)}, but:\n${output}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    /** Calls it, from when its deployment answers. */
    connect: () => connectTo(dataDir),
    /** Kills all of its processes with SIGKILL. */
    async kill() {
      if (child.pid !== undefined && !isOver) process.kill(-child.pid, "SIGKILL");
      await exited;
    },
    /** Ends it as Ctrl-C does. */
    stop: async () => await terminate(child),
  };
}
