import { spawn } from "node:child_process";
import { ROOT, inRoot } from "./paths.mjs";

/** How long a child may take to end after SIGTERM before it is killed, in milliseconds. */
const GRACE_MS = 10_000;

/**
 * @typedef {object} Finished
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} output stdout and stderr as they came, only when captured
 */

/**
 * Resolves when the child has ended and its pipes are closed; never rejects for an exit code.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<{code: number | null, signal: NodeJS.Signals | null}>}
 */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

/**
 * Runs a program to its end.
 * @param {string} command @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, capture?: boolean, shell?: boolean}} [options]
 *   capture: keep the output instead of showing it
 * @returns {Promise<Finished>}
 */
export async function run(command, args, { cwd = ROOT, env, capture = false, shell = false } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    shell,
    stdio: capture ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
  });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text) => (output += text));
  const stop = onSignals(() => void terminate(child));
  try {
    return { ...(await ended(child)), output };
  } finally {
    stop();
  }
}

/**
 * Runs a JavaScript file with this very Node, so that no PATH, npx or package manager stands between.
 * @param {string} file relative to the root @param {string[]} args @param {Parameters<typeof run>[2]} [options]
 */
export const runNode = (file, args, options) =>
  run(process.execPath, [inRoot(file), ...args], options);

/**
 * Ends a child: SIGTERM, and SIGKILL when it does not go. Resolves once it is gone.
 * @param {import("node:child_process").ChildProcess} child
 */
export async function terminate(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  await gone;
  clearTimeout(timer);
}

/**
 * Calls back on the signals that ask a program to end; answers a function that stops listening.
 * @param {(signal: NodeJS.Signals) => void} callback
 */
export function onSignals(callback) {
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, callback);
  return () => {
    for (const signal of signals) process.off(signal, callback);
  };
}
