import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { inRoot } from "../lib/paths.mjs";
import { ended, terminate } from "../lib/processes.mjs";

/**
 * Seconds from calling `npm start`'s script until it names its address, on free ports.
 * @param {string} dataDir
 */
export async function startSeconds(dataDir) {
  const start = performance.now();
  const ports = ["--port=0", "--site-port=0", "--web-port=0"];
  const child = spawn(
    process.execPath,
    [inRoot("scripts", "run.mjs"), "start", `--data-dir=${dataDir}`, ...ports],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  /** @type {Promise<number>} */
  const running = new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      if (output.includes("Milepost is running at")) resolve((performance.now() - start) / 1000);
    });
  });
  const over = ended(child).then(() => {
    throw new Error(`npm start ended before it was ready:\n${output}`);
  });
  over.catch(() => {});
  try {
    return await Promise.race([running, over]);
  } finally {
    await terminate(child);
  }
}
