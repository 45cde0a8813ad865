import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { Traffic } from "./interleavings.setup";
import { jobOf, stepOnce } from "./jobs.setup";
import { standAtNoon } from "./ledger.setup";

const KINDS = ["verify", "repair", "backfill"] as const;
type Kind = (typeof KINDS)[number];
/** What happens to the job itself at the boundary of the disturbance. */
const FATES = ["goes on", "is killed", "is paused", "is cancelled"] as const;
type Fate = (typeof FATES)[number];

const { maintenance } = internal.mutations;
/** So many combinations share a challenge, so that nobody reaches a limit. */
const SHARED = 30;
const MINUTE_MS = 60_000;

let traffic: Traffic;
let used = SHARED;
let combinations = 0;

beforeAll(standAtNoon);
afterAll(() => {
  vi.useRealTimers();
  console.log(`${combinations} combinations of job, fate, disturbance and boundary`);
});

/** Stops the job at a boundary, as `fate` says, and lets it go on. */
async function meet(fate: Fate, jobId: Id<"jobs">): Promise<void> {
  const { t } = traffic.scene;
  const before = await jobOf(t, jobId);
  if (fate === "goes on") return;
  if (fate === "is killed") {
    vi.setSystemTime(Date.now() + 6 * MINUTE_MS);
    await t.mutation(maintenance.sweep, {});
  } else {
    const stop = fate === "is paused" ? maintenance.pauseInternal : maintenance.cancelInternal;
    await t.mutation(stop, { jobId });
    await t.mutation(maintenance.resumeInternal, { jobId });
  }
  const after = await jobOf(t, jobId);
  expect(after).toMatchObject({ status: "running", cursor: before.cursor, stage: before.stage });
  // The step that was under way comes late.
  await t.mutation(maintenance.step, { jobId, ticket: before.ticket });
  expect((await jobOf(t, jobId)).processed).toBe(before.processed);
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
  let isReached = false;
  for (let step = 0; (await jobOf(t, jobId)).status === "running"; step += 1) {
    if (step === boundary) {
      isReached = true;
      await traffic.disturbances[what]?.(jobId);
      await meet(fate, jobId);
    }
    // One item a step: every place where a job can stop is a boundary.
    await t.run(async (ctx) => await ctx.db.patch("jobs", jobId, { batchSize: 1 }));
    await stepOnce(t, jobId);
  }
  const where = `${kind} that ${fate}, ${what} at boundary ${boundary}`;
  expect((await jobOf(t, jobId)).status, where).toBe("completed");
  expect(await traffic.difference(), where).toBeNull();
  if (isReached) combinations += 1;
  return isReached;
}

const WHATS = ["log", "edit", "delete", "restore", "join", "rule change", "second start"];

describe("C1 C2 C3 C8 every job, disturbed at every boundary", () => {
  describe.each(KINDS)("%s", (kind) => {
    test.each(FATES)(
      "that %s ends as the model says",
      async (fate) => {
        for (const what of WHATS) {
          let boundary = 0;
          while (await run(kind, fate, what, boundary)) boundary += 1;
          expect(boundary).toBeGreaterThan(5);
        }
      },
      240_000,
    );
  });

  test("are more than a thousand", () => {
    expect(combinations).toBeGreaterThan(1_000);
  });
});
