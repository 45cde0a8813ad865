import type { Doc, Id } from "../_generated/dataModel";
import type { JobStatus, StageName } from "../tables/jobs";
import { refuse } from "./errors";
import { STAGES } from "./jobs/kinds";
import type { Job } from "./jobs/stage";
import type { ReadCtx } from "./tableOwners";

/** Jobs that one look takes. */
const MAX_JOBS = 100;

/** A job; refuses NOT_FOUND. */
export async function needJob(ctx: ReadCtx, jobId: Id<"jobs">): Promise<Job> {
  return (await ctx.db.get("jobs", jobId)) ?? refuse({ code: "NOT_FOUND", what: "job" });
}

/** Jobs of a challenge in a state, the oldest first; more than 100 never wait, because starts are limited. */
export async function jobsOfStatus(
  ctx: ReadCtx,
  challengeId: Job["challengeId"],
  status: JobStatus,
): Promise<Job[]> {
  return await ctx.db
    .query("jobs")
    .withIndex("by_challengeId_and_status", (q) =>
      q.eq("challengeId", challengeId).eq("status", status),
    )
    .take(MAX_JOBS);
}

/** Jobs of all challenges in one state, the last that moved first. */
export function jobsInStatus(ctx: ReadCtx, status: JobStatus) {
  return ctx.db
    .query("jobs")
    .withIndex("by_status_and_heartbeatAt", (q) => q.eq("status", status))
    .order("desc");
}

/**
 * The backfills of all challenges that have not ended, with the items they have done together, and how many failed. At
 * most 100 jobs of each status are looked at.
 */
export async function backfillsUnderWay(
  ctx: ReadCtx,
): Promise<{ open: number; processed: number; failed: number }> {
  const backfills = async (status: JobStatus) => {
    const jobs = await ctx.db
      .query("jobs")
      .withIndex("by_status_and_heartbeatAt", (q) => q.eq("status", status))
      .take(MAX_JOBS);
    return jobs.filter(({ kind }) => kind === "backfill");
  };
  const open = [...(await backfills("running")), ...(await backfills("queued"))];
  const processed = open.reduce((sum, job) => sum + job.processed, 0);
  return { open: open.length, processed, failed: (await backfills("failed")).length };
}

/** The first findings of a job. */
export async function findingsOf(
  ctx: ReadCtx,
  jobId: Id<"jobs">,
  limit: number,
): Promise<Array<Doc<"jobFindings">>> {
  return await ctx.db
    .query("jobFindings")
    .withIndex("by_jobId", (q) => q.eq("jobId", jobId))
    .take(limit);
}

/** Findings that are not explained. */
export function openFindings(counts: Job["counts"]): number {
  const kinds = Object.entries(counts).filter(([kind]) => !kind.endsWith(" (explained)"));
  return kinds.reduce((sum, [, count]) => sum + count, 0);
}

/** The last verification of a challenge that came to its end. */
export async function lastVerification(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<Job | null> {
  return await ctx.db
    .query("jobs")
    .withIndex("by_challengeId_and_kind_and_status", (q) =>
      q.eq("challengeId", challengeId).eq("kind", "verify").eq("status", "completed"),
    )
    .order("desc")
    .first();
}

/** What the last verification of a challenge says of it; without one nobody knows. */
export async function healthOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<{ status: "unknown" | "ok" | "drift"; lastVerifiedAt: number | null; job: Job | null }> {
  const job = await lastVerification(ctx, challengeId);
  if (job === null) return { status: "unknown", lastVerifiedAt: null, job };
  const status = openFindings(job.counts) === 0 ? "ok" : "drift";
  return { status, lastVerifiedAt: job.endedAt ?? job.heartbeatAt, job };
}

/**
 * What a job is at: the name of its stage, how many stages it has, and about how many items they have together; null
 * where nobody counted.
 */
export function planOf({ kind, stage, total }: Pick<Job, "kind" | "stage" | "total">): {
  stageName: StageName | null;
  stages: number;
  items: number | null;
} {
  const all = STAGES[kind];
  const stageName = all[stage]?.name ?? null;
  const items = all.reduce((sum, { isSingle }) => sum + (isSingle ? 1 : (total ?? 0)), 0);
  return { stageName, stages: all.length, items: total === null ? null : items };
}
