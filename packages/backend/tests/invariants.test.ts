import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { standAtNoon } from "./ledger.setup";
import { type Tally, World } from "./world.setup";
import { operation } from "./worldOperations.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const RUNS = Number(process.env.MILEPOST_SEQUENCES ?? 25);
const OPERATIONS = Number(process.env.MILEPOST_OPERATIONS ?? 20);
const SEED = Number(process.env.MILEPOST_SEED ?? 20_260_610);
/** A guard alone: a machine that has other things to do takes ten times as long as a quiet one. */
const TIMEOUT_MS = 60_000 + RUNS * 20_000;
/** With so many operations every kind was drawn often enough to demand that it does something and is refused. */
const ENOUGH = 4_000;
/** A kind that did something so often without a refusal is hardly lucky. */
const OFTEN = 100;
/** What nobody is refused: it is no door, or has nothing to say no to. */
const NEVER_REFUSED = ["strava", "stravaGone", "seal", "award", "revoke", "rescore", "repair"];
/** What is done by changing nothing, or by being refused. */
const NEVER_DONE = ["replay", "repair", "hostile"];

function report(tallies: Map<string, Tally>): string {
  const lines = [...tallies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, tally]) => {
      const refused = Object.entries(tally.refused).map(([code, times]) => `${code} ${times}`);
      return `${kind}: ${tally.done} done, ${tally.idle} nothing to do, refused: ${refused.join(", ") || "never"}`;
    });
  return lines.join("\n");
}

/** The kinds of operations that never did something, or were never refused although they were tried often. */
function untried(tallies: Map<string, Tally>): string[] {
  return [...tallies].flatMap(([kind, { done, refused }]) => {
    const isIdle = done === 0 && !NEVER_DONE.includes(kind);
    const isRefused = Object.keys(refused).length > 0;
    const isWelcome = done >= OFTEN && !isRefused && !NEVER_REFUSED.includes(kind);
    return [
      ...(isIdle ? [`${kind} never did anything`] : []),
      ...(isWelcome ? [`${kind} was never refused`] : []),
    ];
  });
}

describe("B5 D8 D14 L1 to L9", () => {
  test(
    `hold after every operation of ${RUNS} random sequences of ${OPERATIONS}`,
    async () => {
      const tallies = new Map<string, Tally>();
      const operations = fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS });
      const property = fc.asyncProperty(operations, async (sequence) => {
        standAtNoon();
        const world = await World.start();
        for (const one of sequence) await world.run(one, tallies);
        await world.finish();
      });
      const result = await fc.check(property, { numRuns: RUNS, seed: SEED });
      const sequence = await fc.asyncDefaultReportMessage(result);
      console.log(
        `${result.numRuns} sequences of ${OPERATIONS} operations, seed ${result.seed}\n${report(tallies)}`,
      );
      expect(result.failed, `${sequence}\n${String(result.errorInstance)}`).toBe(false);
      expect(RUNS * OPERATIONS < ENOUGH ? [] : untried(tallies)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
