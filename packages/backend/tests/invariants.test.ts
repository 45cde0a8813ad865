import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newScene, standAtNoon } from "./ledger.setup";
import { operation, World } from "./world.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const RUNS = Number(process.env.MILEPOST_SEQUENCES ?? 25);
const OPERATIONS = Number(process.env.MILEPOST_OPERATIONS ?? 20);
const TIMEOUT_MS = 60_000 + RUNS * 5_000;

describe("B5 D8 D14 L1 to L7", () => {
  test(
    `hold after every operation of ${RUNS} random sequences of ${OPERATIONS}`,
    async () => {
      const operations = fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS });
      const property = fc.asyncProperty(operations, async (sequence) => {
        standAtNoon();
        const world = new World(await newScene());
        for (const one of sequence) await world.run(one);
        await world.finish();
      });
      const result = await fc.check(property, { numRuns: RUNS });
      const sequence = await fc.asyncDefaultReportMessage(result);
      console.log(`${result.numRuns} sequences of ${OPERATIONS} operations, seed ${result.seed}`);
      expect(result.failed, `${sequence}\n${String(result.errorInstance)}`).toBe(false);
    },
    TIMEOUT_MS,
  );
});
