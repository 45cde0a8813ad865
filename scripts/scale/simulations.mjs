// The simulations that docs/scale.md shows, of what was recorded.
import { pairShare, simulate, sustainedPerSecond, unpacked } from "./contention.mjs";
import { largest } from "./model.mjs";

/** @typedef {import("./measure.mjs").Cell} Cell */
/** @typedef {import("./levers.mjs").MeasuredLever} MeasuredLever */

/** Runs at once of the deployment class of the plan Professional (S256). */
export const SLOTS = 256;
/** Of a run, in the table by logs a second. */
export const LATENCY_MS = 50;
export const RATES = [1, 5, 10, 20, 50, 100, 200];
export const LATENCIES = [20, 50, 200];
/** Where the search for what a design sustains ends. */
export const MOST = 1000;
/** Of logs, that are answered with an error after the last retry. */
export const REFUSED_SHARE = 0.001;
const LOGS = 10_000;

/** @param {string} conflicts @param {number} perSecond */
export const simulated = (conflicts, perSecond) =>
  simulate(unpacked(conflicts), { perSecond, latencyMs: LATENCY_MS, slots: SLOTS, logs: LOGS });

/** What each latency sustains. @param {string} conflicts */
const sustained = (conflicts) =>
  LATENCIES.map((latencyMs) => {
    const goal = { latencyMs, slots: SLOTS, logs: LOGS, refusedShare: REFUSED_SHARE, most: MOST };
    return sustainedPerSecond(unpacked(conflicts), goal);
  });

/**
 * The product as recorded by logs a second; and each other way of keeping points at the size where its people meet most.
 * @param {Cell[]} cells @param {MeasuredLever[]} levers
 */
export function simulations(cells, levers) {
  const { conflicts } = largest(cells).contention;
  return {
    byRate: RATES.map((perSecond) => ({ perSecond, ...simulated(conflicts, perSecond) })),
    asIs: sustained(conflicts),
    ways: levers.map((lever) => {
      const shares = lever.cells.map((cell) => pairShare(unpacked(cell.conflicts)));
      const worst = lever.cells[shares.indexOf(Math.max(...shares))];
      return { name: lever.name, shares, sustained: sustained(worst?.conflicts ?? "1") };
    }),
  };
}
