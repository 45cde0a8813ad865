import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { type Kind, Traffic } from "./interleavings.setup";
import { type Fate, FATES, jobOf, meet } from "./jobs.setup";
import { standAtNoon } from "./ledger.setup";
import { drawFrom } from "./random.setup";

const KINDS: readonly Kind[] = ["verify", "repair", "backfill", "rescore"];
const WHATS = ["log", "edit", "delete", "restore", "join", "rule change", "second start", "freeze"];

/** `all`, or how many combinations are drawn. `npm run proofs` runs all of them. */
const COMBINATIONS = process.env.MILEPOST_COMBINATIONS ?? "40";
const SEED = Number(process.env.MILEPOST_SEED ?? 20_260_610);
/** Which kinds of jobs this process looks at, so that two share all of them. */
const OWN_KINDS = KINDS.filter((kind) => process.env.MILEPOST_KINDS?.includes(kind) ?? true);
/** No boundary is beyond; a drawn one that a job does not reach is drawn again. */
const MAX_BOUNDARY = 14;

const { maintenance } = internal.mutations;
/** So many combinations share a challenge, so that nobody reaches a limit. */
const SHARED = 30;
/** Of the engine. */
const MAX_WAITS = 3;
const MINUTE_MS = 60_000;

let traffic: Traffic;
let used = SHARED;
let combinations = 0;

beforeAll(standAtNoon);
afterAll(() => {
  vi.useRealTimers();
  const drawn = COMBINATIONS === "all" ? "all" : `drawn by seed ${SEED}`;
  console.log(`${combinations} combinations of job, fate, disturbance and boundary, ${drawn}`);
});

/** Runs a job to a boundary, or to its end; answers whether it got there. */
async function runTo(boundary: number, jobId: Id<"jobs">): Promise<boolean> {
  const { t } = traffic.scene;
  // One item a step: every place where a job can stop is a boundary. The queue of ranks stands, so nothing is waited for.
  const batchSize = boundary === Infinity ? 10 : 1;
  for (let step = 0; ; step += 1) {
    const { status, ticket } = await t.run(async (ctx) => {
      await ctx.db.patch("jobs", jobId, { batchSize, waits: MAX_WAITS });
      return (await ctx.db.get("jobs", jobId)) ?? { status: "gone", ticket: 0 };
    });
    if (status !== "running") return false;
    if (step === boundary) return true;
    await t.mutation(maintenance.step, { jobId, ticket });
  }
}

/** One run with one disturbance at one boundary; answers whether the job got that far. */
async function run(kind: Kind, fate: Fate, what: string, boundary: number): Promise<boolean> {
  if (used >= SHARED) {
    standAtNoon();
    traffic = await Traffic.begin();
    used = 0;
  }
  used += 1;
  vi.setSystemTime(Date.now() + 8 * MINUTE_MS);
  const { t, challengeId } = traffic.scene;
  await traffic.prepare(kind);
  const wish = { challengeId, kind, dryRun: false };
  const { jobId } = await t.mutation(maintenance.startInternal, wish);
  const isReached = await runTo(boundary, jobId);
  if (isReached) {
    await traffic.disturbances[what]?.(jobId);
    await meet(t, fate, jobId);
    await runTo(Infinity, jobId);
  }
  const where = `${kind} that ${fate}, ${what} at boundary ${boundary}, seed ${SEED}`;
  expect((await jobOf(t, jobId)).status, where).toBe("completed");
  if (kind === "rescore") expect(await traffic.rescored(), where).toBeNull();
  expect(await traffic.difference(), where).toBeNull();
  if (isReached) combinations += 1;
  return isReached;
}

/** Runs every disturbance at every boundary; answers how many combinations that were. */
async function proveAll(kind: Kind, fate: Fate): Promise<number> {
  const before = combinations;
  for (const what of WHATS) {
    let boundary = 0;
    while (await run(kind, fate, what, boundary)) boundary += 1;
  }
  return combinations - before;
}

/** Runs so many drawn combinations: every kind in turn, with every fate. */
async function proveSome(count: number): Promise<number> {
  const draw = drawFrom(SEED);
  const pick = <Item>(items: readonly Item[]) => items[draw(items.length)];
  while (combinations < count) {
    const kind = KINDS[combinations % KINDS.length];
    const fate = FATES[Math.floor(combinations / KINDS.length) % FATES.length];
    const what = pick(WHATS);
    if (kind && fate && what) await run(kind, fate, what, draw(MAX_BOUNDARY));
  }
  return combinations;
}

const some = { name: `at ${COMBINATIONS} drawn boundaries`, prove: () => proveSome(+COMBINATIONS) };
const all = OWN_KINDS.flatMap((kind) =>
  FATES.map((fate) => ({
    name: `at every boundary: ${kind} that ${fate}`,
    prove: () => proveAll(kind, fate),
  })),
);

test.each(COMBINATIONS === "all" ? all : [some])(
  "C1 C2 C3 C8 C9 jobs end as the model says, disturbed $name",
  async ({ prove }) => {
    expect(await prove()).toBeGreaterThan(20);
  },
  600_000,
);
