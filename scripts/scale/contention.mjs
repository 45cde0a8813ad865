// Where people who log at once meet: simulated from what their transactions were recorded to read and write.
import { seededRandom } from "../lib/random.mjs";
import { quantile } from "../lib/statistics.mjs";

/**
 * `conflicts[i][j]`: the recorded log i cannot be committed when log j was committed after i began.
 * @typedef {boolean[][]} Conflicts
 */

/**
 * How Convex runs a mutation again: the defaults of UDF_EXECUTOR_OCC_MAX_RETRIES, UDF_EXECUTOR_OCC_INITIAL_BACKOFF and
 * UDF_EXECUTOR_OCC_MAX_BACKOFF in crates/common/src/knobs.rs of get-convex/convex-backend, commit 02b250b.
 */
export const CONVEX_RETRY = { retries: 4, initialMs: 100, maxMs: 2000 };

/**
 * The wait before the next run, as `Backoff::fail` in crates/convex/sync_types/src/backoff.rs of the same repository.
 * @param {number} failures before this one @param {number} random in [0, 1)
 */
export const backoffMs = (failures, random) =>
  Math.min(CONVEX_RETRY.initialMs * 2 ** failures, CONVEX_RETRY.maxMs) * random;

/** Rows of bits as text for a file: a hexadecimal number a row. @param {Conflicts} conflicts */
export const packed = (conflicts) =>
  conflicts
    .map((row) => BigInt(`0b1${row.map((bit) => (bit ? "1" : "0")).join("")}`).toString(16))
    .join(" ");

/** @param {string} text @returns {Conflicts} */
export const unpacked = (text) =>
  text.split(" ").map((row) => {
    // The first bit is there so that zeros behind it count.
    const bits = BigInt(`0x${row}`).toString(2).slice(1);
    return bits.split("").map((bit) => bit === "1");
  });

/** Of two logs of different people that overlap in time, how often the later one has to run again. @param {Conflicts} conflicts */
export function pairShare(conflicts) {
  const pairs = conflicts.flatMap((row, i) => row.filter((_, j) => i !== j));
  return pairs.filter(Boolean).length / pairs.length;
}

/**
 * latencyMs: of one run, from the moment it reads as of until its commit is decided, on average; slots: runs at once.
 * @typedef {{perSecond: number, latencyMs: number, slots: number, logs: number}} Load
 */
/**
 * conflictShare: of all runs; refusedShare: of all logs, after the last retry; p95Ms: from
 * sending a log that is not refused to its answer.
 * @typedef {{conflictShare: number, runsPerLog: number, refusedShare: number, p95Ms: number}} Contention
 */

/** @typedef {{atMs: number, kind: "arrive" | "commit", log: Log}} Event */
/** @typedef {{recorded: number, sentMs: number, beganMs: number, failures: number}} Log */

/** Puts an event among those to come, the latest first. @param {Event[]} agenda @param {Event} event */
function plan(agenda, event) {
  let [low, high] = [0, agenda.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((agenda[middle]?.atMs ?? 0) > event.atMs) low = middle + 1;
    else high = middle;
  }
  agenda.splice(low, 0, event);
}

/**
 * Lets logs of different people arrive at random moments, run and be committed unless something they read was committed
 * meanwhile. The same for the same arguments.
 * @param {Conflicts} conflicts @param {Load} load @returns {Contention}
 */
export function simulate(conflicts, { perSecond, latencyMs, slots, logs }) {
  const random = seededRandom(`contention ${perSecond} ${latencyMs} ${slots}`);
  /** @type {Event[]} */
  const agenda = [];
  /** @type {Log[]} */
  const waiting = [];
  /** Of the last commits, newest last. @type {Array<{atMs: number, recorded: number}>} */
  let commits = [];
  const tookMs = [];
  let [arrived, running, runs, conflicted, refused] = [0, 0, 0, 0, 0];

  const arrival = (/** @type {number} */ afterMs) => {
    const atMs = afterMs - (Math.log(1 - random()) * 1000) / perSecond;
    const recorded = Math.floor(random() * conflicts.length);
    plan(agenda, {
      atMs,
      kind: "arrive",
      log: { recorded, sentMs: atMs, beganMs: atMs, failures: 0 },
    });
    arrived++;
  };
  const begin = (/** @type {Log} */ log, /** @type {number} */ atMs) => {
    running++;
    runs++;
    log.beganMs = atMs;
    plan(agenda, { atMs: atMs + latencyMs * (0.5 + random()), kind: "commit", log });
  };
  const meets = (/** @type {Log} */ { recorded, beganMs }) =>
    commits.some((commit) => commit.atMs > beganMs && conflicts[recorded]?.[commit.recorded]);

  arrival(0);
  for (let event = agenda.pop(); event !== undefined; event = agenda.pop()) {
    const { atMs, kind, log } = event;
    if (kind === "arrive") {
      if (log.failures === 0 && arrived < logs) arrival(atMs);
      if (running < slots) begin(log, atMs);
      else waiting.push(log);
      continue;
    }
    running--;
    if (!meets(log)) {
      commits = commits.filter((commit) => commit.atMs > atMs - 2 * latencyMs);
      commits.push({ atMs, recorded: log.recorded });
      tookMs.push(atMs - log.sentMs);
    } else {
      conflicted++;
      if (log.failures === CONVEX_RETRY.retries) refused++;
      else {
        const pauseMs = backoffMs(log.failures, random());
        plan(agenda, {
          atMs: atMs + pauseMs,
          kind: "arrive",
          log: { ...log, failures: log.failures + 1 },
        });
      }
    }
    const next = waiting.shift();
    if (next !== undefined) begin(next, atMs);
  }
  return {
    conflictShare: conflicted / runs,
    runsPerLog: runs / logs,
    refusedShare: refused / logs,
    p95Ms: quantile(tookMs, 0.95),
  };
}

/**
 * The most logs a second, in steps of about a quarter, of which at most `refusedShare` are refused.
 * @param {Conflicts} conflicts @param {Omit<Load, "perSecond"> & {refusedShare: number, most: number}} goal most: where to stop looking
 */
export function sustainedPerSecond(conflicts, { refusedShare, most, ...load }) {
  let sustained = 0;
  for (const step of [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8]
    .flatMap((one) => [one, one * 10, one * 100, one * 1000])
    .sort((a, b) => a - b)) {
    if (
      step > most ||
      simulate(conflicts, { ...load, perSecond: step }).refusedShare > refusedShare
    )
      break;
    sustained = step;
  }
  return sustained;
}
