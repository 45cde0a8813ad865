import { expect, vi } from "vitest";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { TestBackend } from "./backend.setup";

const { maintenance } = internal.mutations;

/** A job as it is stored. */
export async function jobOf(t: TestBackend, jobId: Id<"jobs">): Promise<Doc<"jobs">> {
  const job = await t.run(async (ctx) => await ctx.db.get("jobs", jobId));
  if (job === null) throw new Error("no such job");
  return job;
}

/** Runs the next step of a job, as its scheduled mutation would. */
export async function stepOnce(t: TestBackend, jobId: Id<"jobs">): Promise<Doc<"jobs">> {
  const { ticket } = await jobOf(t, jobId);
  await t.mutation(maintenance.step, { jobId, ticket });
  return await jobOf(t, jobId);
}

/** What happens to a job at a boundary. */
export const FATES = ["goes on", "is killed", "is paused", "is cancelled"] as const;
export type Fate = (typeof FATES)[number];

const MINUTE_MS = 60_000;

/** Stops a job that runs at a boundary, as `fate` says, and lets it go on; the step that was under way comes late. */
export async function meet(t: TestBackend, fate: Fate, jobId: Id<"jobs">): Promise<void> {
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
  await t.mutation(maintenance.step, { jobId, ticket: before.ticket });
  expect((await jobOf(t, jobId)).processed).toBe(before.processed);
}

/**
 * Runs a job to its end, calling `between` at every boundary between two steps, before the first one too. Answers how
 * many boundaries there were.
 */
export async function runJob(
  t: TestBackend,
  jobId: Id<"jobs">,
  between: (boundary: number) => Promise<unknown> = async () => {},
): Promise<{ job: Doc<"jobs">; boundaries: number }> {
  let job = await jobOf(t, jobId);
  let boundaries = 0;
  while (job.status === "running") {
    await between(boundaries);
    boundaries += 1;
    if (boundaries > 500) throw new Error("the job does not end");
    job = await stepOnce(t, jobId);
  }
  return { job, boundaries };
}

/** What a job found, without ids of its own. */
export async function foundBy(t: TestBackend, jobId: Id<"jobs">) {
  const found = await t.run(
    async (ctx) =>
      await ctx.db
        .query("jobFindings")
        .withIndex("by_jobId", (q) => q.eq("jobId", jobId))
        .collect(),
  );
  return found.map(({ kind, userId, about, expected, actual, cure }) => ({
    kind,
    userId,
    about,
    expected,
    actual,
    cure,
  }));
}

type Kind = "verify" | "repair" | "backfill" | "rescore";

/** Starts a job and runs it to its end; answers it with what it found. */
export async function runWhole(
  { t, challengeId }: { t: TestBackend; challengeId: Id<"challenges"> },
  kind: Kind,
  { dryRun = false } = {},
) {
  const { jobId } = await t.mutation(maintenance.startInternal, { challengeId, kind, dryRun });
  const { job } = await runJob(t, jobId);
  return { job, findings: await foundBy(t, jobId) };
}
