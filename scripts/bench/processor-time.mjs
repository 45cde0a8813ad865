import { readdirSync, readFileSync } from "node:fs";

const NS_PER_MS = 1_000_000;

/** @param {string} pid @returns {number} milliseconds; 0 when it is gone meanwhile */
function cpuMsOfOne(pid) {
  try {
    // Of all its threads; the first number is nanoseconds on a processor.
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
      return sum + Number(ns) / NS_PER_MS;
    }, 0);
  } catch {
    return 0;
  }
}

/** @param {number} parent @returns {string[]} */
function childrenOf(parent) {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return Number(fields[1]) === parent;
    } catch {
      return false;
    }
  });
}

/**
 * Processor time of a server and the processes it started, milliseconds; Linux alone knows it, elsewhere it is 0.
 * @param {number | undefined} pid
 */
export function serverCpuMs(pid) {
  if (pid === undefined || process.platform !== "linux") return 0;
  return [String(pid), ...childrenOf(pid)].reduce((sum, one) => sum + cpuMsOfOne(one), 0);
}

/** A server that takes less than this of a second does nothing but what comes round every minute. */
const CALM_MS = 60;
const CALM_SECONDS = 2;

/**
 * Waits until a server has nothing more to do: what came due while its data was kept runs at its start, and what is cut off
 * by its end begins again.
 * @param {number | undefined} pid
 */
export async function untilCalm(pid) {
  for (let calm = 0; calm < CALM_SECONDS;) {
    const before = serverCpuMs(pid);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    calm = serverCpuMs(pid) - before < CALM_MS ? calm + 1 : 0;
  }
}
