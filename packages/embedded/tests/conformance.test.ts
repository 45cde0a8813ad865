/**
 * Random programs on the embedded deployment and on convex-test: results, refusals and the documents
 * at the end must agree. More of them, or others: CONFORMANCE_PROGRAMS=20000 CONFORMANCE_SEED=7.
 */
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { moveToNextTimer, startClock, stopClock } from "./conformance/clock.ts";
import { Embedded, Reference, referenceModules } from "./conformance/deployments.ts";
import { programs, type Program } from "./conformance/programs.ts";
import { ProgramRun } from "./conformance/run.ts";

const NUMBER_OF_PROGRAMS = Number(process.env.CONFORMANCE_PROGRAMS ?? 2000);
const SEED = Number(process.env.CONFORMANCE_SEED ?? 1);

let embedded: Embedded;
let modules: Awaited<ReturnType<typeof referenceModules>>;

beforeAll(async () => {
  [embedded, modules] = await Promise.all([Embedded.start(), referenceModules()]);
}, 60_000);

afterAll(() => embedded.dispose());

beforeEach(() => {
  stopClock();
  // convex-test prints the error of every failed job.
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

afterEach(() => {
  startClock();
  vi.restoreAllMocks();
});

async function agree(program: Program): Promise<void> {
  const runs = [new ProgramRun(embedded, program), new ProgramRun(new Reference(modules), program)];
  try {
    for (const run of runs) await run.steps();
    while (moveToNextTimer()) for (const run of runs) await run.settled();
    const [here, there] = [await runs[0]!.observed(), await runs[1]!.observed()];
    expect(here).toEqual(there);
  } finally {
    await embedded.clear();
  }
}

test(`${NUMBER_OF_PROGRAMS} programs end as on convex-test`, { timeout: 3_600_000 }, async () => {
  await fc.assert(fc.asyncProperty(programs, agree), {
    numRuns: NUMBER_OF_PROGRAMS,
    seed: SEED,
    endOnFailure: false,
  });
});
