import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newScene, standAtNoon } from "./ledger.setup";
import { operation, World } from "./world.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const RUNS = Number(process.env.MILEPOST_SEQUENCES ?? 25);
const MAX_OPERATIONS = 25;
const TIMEOUT_MS = 60_000 + RUNS * 5_000;

describe("B5 D8 D14 L1 to L7", () => {
  test(
    `hold after every operation of ${RUNS} random sequences`,
    async () => {
      const operations = fc.array(operation, {
        minLength: 1,
        maxLength: MAX_OPERATIONS,
        size: "max",
      });
      const property = fc.asyncProperty(operations, async (sequence) => {
        standAtNoon();
        const world = new World(await newScene());
        for (const one of sequence) await world.run(one);
        await world.finish();
      });
      const result = await fc.check(property, { numRuns: RUNS });
      const sequence = await fc.asyncDefaultReportMessage(result);
      expect(result.failed, `${sequence}\n${String(result.errorInstance)}`).toBe(false);
    },
    TIMEOUT_MS,
  );
});
