import { compareValues } from "convex/values";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { AccountFinding, ImpactShare, JobKind, JobOptions } from "../tables/jobs";
import { refuse } from "./errors";
import { findingsOf, jobsOfStatus, lastVerification, needJob, openFindings } from "./jobReads";
import { STAGES } from "./jobs/kinds";
import type { Applied, Job, Stage } from "./jobs/stage";
import { notify } from "./notifications";
import { adminIdsOf } from "./participations";
import { platformAdmins } from "./people";
import { listedCount } from "./ranks";
import { addShare } from "./rules/impact";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * The engine of maintenance. A job is a chain of short mutations, each doing the next few items of a stage in a
 * transaction of its own and remembering how far it came, so it can be stopped, killed and resumed between any two.
 */

/** Findings of one job that are kept; more are only counted. */
const MAX_FINDINGS = 1_000;
/** A step that was not heard of for so long is lost. */
const LOST_AFTER_MS = 5 * 60_000;
const MAX_ATTEMPTS = 3;
/** Times a job waits for the queue of ranks before it goes on without. */
const MAX_WAITS = 3;
const WAIT_MS = 2_000;
const MAX_SWEPT = 50;

/** 40 % of what Convex allows a transaction: a batch that fails leaves room to try half of it. */
const LIMITS = {
  bytesRead: 0.4 * 16 * 1024 * 1024,
  bytesWritten: 0.4 * 16 * 1024 * 1024,
  documentsRead: 12_800,
  documentsWritten: 6_400,
  databaseQueries: 1_638,
};

/** What a job is about and who asked for it. */
export interface NewJob {
  kind: JobKind;
  dryRun: boolean;
  /** null: it is about no single one. */
  challengeId: Id<"challenges"> | null;
  options?: JobOptions;
  /** null: nobody, it is due. */
  startedBy: Id<"users"> | null;
}

const stageOf = ({ kind, stage }: Pick<Job, "kind" | "stage">): Stage | undefined =>
  STAGES[kind][stage];

/**
 * Starts a job, or joins the one that does the same already: of one challenge at most one runs, and another
 * kind waits for its end. Answers the job either way.
 */
export async function startJob(ctx: WriteCtx, wish: NewJob): Promise<Id<"jobs">> {
  const { kind, dryRun, challengeId, options = {}, startedBy } = wish;
  const isAboutOne = challengeId === null || kind === "takePoints";
  const running = await jobsOfStatus(ctx, challengeId, "running");
  for (const other of [...running, ...(await jobsOfStatus(ctx, challengeId, "queued"))]) {
    const isSame = other.kind === kind && other.dryRun === dryRun;
    // A preview is its caller's alone, whose next one cancels it.
    const isTheirs = options.proposed === undefined || other.startedBy === startedBy;
    if (isSame && isTheirs && isSameWork(other.options, options)) return other._id;
  }
  const jobId = await openTable(ctx, "jobs").insert({
    challengeId,
    kind,
    dryRun,
    options,
    status: "queued",
    stage: 0,
    cursor: null,
    processed: 0,
    total: isAboutOne ? null : await listedCount(ctx, challengeId),
    batchSize: stageOf({ kind, stage: 0 })?.batch ?? 1,
    isRebuild: false,
    counts: {},
    startedBy,
    error: null,
    heartbeatAt: Date.now(),
    attempts: 0,
    waits: 0,
    ticket: 0,
  });
  if (running.length === 0) await run(ctx, await needJob(ctx, jobId));
  return jobId;
}

/** Whoever asks for it, and in whatever order the fields are. */
const isSameWork = (a: JobOptions, b: JobOptions) =>
  compareValues({ ...a, admin: null }, { ...b, admin: null }) === 0;

/** Starts a dry run of a rescore by a rule that is not saved; what its caller previewed before is cancelled. */
export async function startPreview(
  ctx: WriteCtx,
  wish: Pick<NewJob, "challengeId" | "options"> & { startedBy: Id<"users"> },
): Promise<Id<"jobs">> {
  const { challengeId, startedBy } = wish;
  // The waiting ones first: the end of the running one starts the next.
  for (const status of ["queued", "running"] as const) {
    for (const job of await jobsOfStatus(ctx, challengeId, status)) {
      const isOwn = job.options.proposed !== undefined && job.startedBy === startedBy;
      if (isOwn) await endJob(ctx, job, "cancelled");
    }
  }
  return await startJob(ctx, { ...wish, kind: "rescore", dryRun: true });
}

/** Hands out the next ticket: the step that holds it is the only one that may run. */
async function run(ctx: WriteCtx, job: Job, change: Partial<Job> = {}, delayMs = 0) {
  const ticket = job.ticket + 1;
  const running = { status: "running", heartbeatAt: Date.now(), ticket } as const;
  await openTable(ctx, "jobs").patch(job._id, { ...change, ...running });
  const { step } = internal.mutations.maintenance;
  await ctx.scheduler.runAfter(delayMs, step, { jobId: job._id, ticket });
}

/** Lets the next job of the scope begin, where none runs. */
async function runNext(ctx: WriteCtx, { challengeId }: Job): Promise<void> {
  if ((await jobsOfStatus(ctx, challengeId, "running")).length > 0) return;
  const [next] = await jobsOfStatus(ctx, challengeId, "queued");
  if (next !== undefined) await run(ctx, next);
}

/** Stops a job after the step that runs now; it keeps how far it came. Refuses INVALID_INPUT for one that has ended. */
export async function pauseJob(ctx: WriteCtx, job: Job): Promise<void> {
  if (job.status === "paused") return;
  if (job.status !== "running" && job.status !== "queued") refuseStatus(job, "pause");
  await openTable(ctx, "jobs").patch(job._id, { status: "paused" });
  await runNext(ctx, job);
}

/**
 * Goes on where a job stopped: after a pause, a failure or a cancellation. It waits while another job of the challenge
 * runs. Refuses INVALID_INPUT for one that is completed.
 */
export async function resumeJob(ctx: WriteCtx, job: Job): Promise<void> {
  if (job.status === "running" || job.status === "queued") return;
  if (job.status === "completed") refuseStatus(job, "resume");
  const fresh = { error: null, attempts: 0, waits: 0, endedAt: undefined };
  await openTable(ctx, "jobs").patch(job._id, { ...fresh, status: "queued" });
  await runNext(ctx, job);
}

/** Ends a job after the step that runs now; what it did stays. Refuses INVALID_INPUT for one that is completed. */
export async function cancelJob(ctx: WriteCtx, job: Job): Promise<void> {
  if (job.status === "cancelled") return;
  if (job.status === "completed") refuseStatus(job, "cancel");
  await endJob(ctx, job, "cancelled");
}

function refuseStatus({ status }: Job, verb: string): never {
  const problem = `cannot ${verb} a job that is ${status}`;
  return refuse({ code: "INVALID_INPUT", path: "jobId", problem });
}

async function endJob(
  ctx: WriteCtx,
  job: Job,
  status: "completed" | "failed" | "cancelled",
  error: string | null = null,
): Promise<void> {
  const { challengeId, kind, startedBy } = job;
  const isAlarm = kind === "verify" && status === "completed" && (await hasNews(ctx, job));
  const isDeletion = challengeId === null || kind === "deleteChallenge";
  const isLast = kind === "deleteChallenge" && status === "completed";
  if (!isLast) await openTable(ctx, "jobs").patch(job._id, { status, error, endedAt: Date.now() });
  else if (!(await eraseJobs(ctx, job))) return;
  const found = openFindings(job.counts);
  if (isDeletion) {
    const news = { kind: "jobEnded", job: kind, status } as const;
    // Who deletes themselves cannot be told: that it failed is the platform's business.
    const told =
      startedBy === null && status === "failed" ? await platformAdmins(ctx) : [startedBy];
    await notify(
      ctx,
      told.flatMap((userId) => userId ?? []),
      { news },
    );
  } else if (isAlarm) {
    const admins = await adminIdsOf(ctx, challengeId);
    await notify(ctx, admins, { challengeId, news: { kind: "verifyFailed", findings: found } });
  } else if (startedBy !== null && kind !== "verify" && job.options.proposed === undefined)
    await notify(ctx, [startedBy], { challengeId, news: { kind: "jobEnded", job: kind, status } });
  await runNext(ctx, job);
}

/**
 * Removes the jobs of a challenge that is deleted, and last the one that deleted it.
 *
 * @returns false when there is more: this job comes again
 */
async function eraseJobs(ctx: WriteCtx, job: Job): Promise<boolean> {
  const { challengeId } = job;
  const jobs = await ctx.db
    .query("jobs")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", challengeId))
    .take(2);
  const other = jobs.find(({ _id }) => _id !== job._id);
  const { _id: jobId } = other ?? job;
  const found = await findingsOf(ctx, jobId, MAX_FINDINGS);
  await eraseRows(openTable(ctx, "jobFindings"), found);
  await openTable(ctx, "jobs").delete(jobId);
  if (other === undefined) return true;
  await run(ctx, job, { stage: STAGES[job.kind].length });
  return false;
}

/** Whether a verification found what the one before it did not: the same drift is told of once, and not every night. */
async function hasNews(ctx: ReadCtx, job: Job): Promise<boolean> {
  if (job.challengeId === null || openFindings(job.counts) === 0) return false;
  const before = await lastVerification(ctx, job.challengeId);
  if (before === null) return true;
  const keyOf = ({ kind, userId, about }: Doc<"jobFindings">) => `${kind} ${userId} ${about}`;
  const known = new Set((await findingsOf(ctx, before._id, MAX_FINDINGS)).map(keyOf));
  const found = await findingsOf(ctx, job._id, MAX_FINDINGS);
  if (found.some((finding) => finding.cure !== "explained" && !known.has(keyOf(finding))))
    return true;
  // What is over the findings that are kept is only counted.
  return openFindings(job.counts) > openFindings(before.counts);
}

/**
 * One step of a job: the next items of its stage. Only the step with the job's ticket runs, so however often it is
 * started there is one chain. A batch that passes a limit is tried with half of its items; one item that passes it
 * alone is listed and left; any other error ends the job, which can be resumed.
 */
export async function stepJob(
  ctx: WriteCtx,
  { jobId, ticket }: { jobId: Id<"jobs">; ticket: number },
): Promise<void> {
  const job = await ctx.db.get("jobs", jobId);
  if (job === null || job.status !== "running" || job.ticket !== ticket) return;
  const { challengeId, cursor, batchSize } = job;
  const challenge = challengeId === null ? null : await ctx.db.get("challenges", challengeId);
  const isDeleted = challengeId !== null && job.kind !== "deleteChallenge" && challenge === null;
  if (isDeleted) return await endJob(ctx, job, "cancelled", "the challenge is deleted");
  const stage = stageOf(job);
  if (stage === undefined) return await endJob(ctx, job, "completed");
  if (stage.needsOpen && challenge?.finalAt !== undefined)
    return await endJob(ctx, job, "cancelled", "the standings are final");
  const keys = await stage.keys(ctx, job, { after: cursor, limit: batchSize });
  if (keys.length === 0) return await enterStage(ctx, job, job.stage + 1);
  const outcome = await applyHalving(ctx, job, keys);
  if ("error" in outcome) return await endJob(ctx, job, "failed", outcome.error);
  await record(ctx, job, outcome);
}

async function enterStage(ctx: WriteCtx, job: Job, stage: number): Promise<void> {
  const next = stageOf({ kind: job.kind, stage });
  if (next === undefined) return await endJob(ctx, job, "completed");
  await run(ctx, job, { stage, cursor: null, batchSize: next.batch, attempts: 0, waits: 0 });
}

/** What a batch did: how many items are done, and what was found. */
export interface BatchResult extends Omit<Applied, "share"> {
  done: number;
  shares: ImpactShare[];
}

type Outcome = BatchResult & { lastKey: string | null; batchSize: number };

const isLimitError = (error: unknown) => /in a single function execution/.test(String(error));

async function applyHalving(
  ctx: WriteCtx,
  job: Job,
  keys: readonly string[],
): Promise<Outcome | { error: string }> {
  const { applyBatch } = internal.mutations.maintenance;
  let size = keys.length;
  for (const isLastTry of [false, true]) {
    const batch = keys.slice(0, size);
    try {
      // The batch is one mutation of its own: what it wrote is undone with it, so catching is safe.
      const args = { jobId: job._id, keys: batch };
      const result = await ctx.runMutation(applyBatch, args, { transactionLimits: LIMITS });
      const lastKey = batch[result.done - 1] ?? null;
      const batchSize = size < keys.length ? size : job.batchSize;
      return { ...result, lastKey, batchSize };
    } catch (error) {
      if (!isLimitError(error)) return { error: errorText(error) };
      if (size === 1) return poisoned(job, keys[0] ?? "", errorText(error));
      size = Math.max(1, Math.floor(size / 2));
      // What the tries read counts on: another one belongs into a new transaction.
      if (isLastTry) return { done: 0, shares: [], lastKey: null, batchSize: size };
    }
  }
  throw new Error("unreachable");
}

function poisoned(job: Job, key: string, error: string): Outcome {
  const finding = { kind: "poison", about: key, expected: null, actual: error, cure: "none" };
  const findings = [finding as AccountFinding];
  return { done: 1, shares: [], lastKey: key, batchSize: job.batchSize, findings };
}

const errorText = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);

/** Remembers what a batch did, and goes on. */
async function record(ctx: WriteCtx, job: Job, outcome: Outcome): Promise<void> {
  const { findings = [], shares, done, lastKey, batchSize, isWaiting, isRebuild } = outcome;
  const counts = { ...job.counts };
  const room = MAX_FINDINGS - Object.values(counts).reduce((sum, count) => sum + count, 0);
  for (const [index, finding] of findings.entries()) {
    const kind = finding.cure === "explained" ? `${finding.kind} (explained)` : finding.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (index < room) await openTable(ctx, "jobFindings").insert({ jobId: job._id, ...finding });
  }
  const waits = isWaiting && done === 0 ? job.waits + 1 : 0;
  let { impact } = job;
  for (const share of shares) impact = addShare(impact, share);
  const change = {
    counts,
    impact,
    batchSize,
    waits,
    processed: job.processed + done,
    cursor: lastKey ?? job.cursor,
    isRebuild: job.isRebuild || isRebuild === true,
    attempts: 0,
  };
  if (waits > MAX_WAITS) {
    await openTable(ctx, "jobs").patch(job._id, change);
    return await enterStage(ctx, { ...job, ...change }, job.stage + 1);
  }
  await run(ctx, job, change, isWaiting ? WAIT_MS : 0);
}

/** Does items of a job's stage one after the other, up to one that has to come again. */
export async function applyKeys(
  ctx: WriteCtx,
  jobId: Id<"jobs">,
  keys: readonly string[],
): Promise<BatchResult> {
  const job = await needJob(ctx, jobId);
  const stage = stageOf(job);
  if (stage === undefined) throw new Error("a job without a stage");
  const result: BatchResult = { done: 0, shares: [], findings: [] };
  for (const key of keys) {
    const applied = await stage.apply(ctx, job, key);
    result.findings?.push(...(applied.findings ?? []));
    if (applied.share) result.shares.push(applied.share);
    result.isRebuild ||= applied.isRebuild;
    result.isWaiting = applied.isWaiting;
    if (applied.isWaiting || applied.isAgain) break;
    result.done += 1;
  }
  return result;
}

/**
 * Finds jobs whose step was lost and sends it again with half of its items; the third time the job ends as failed. At
 * most 50 a run.
 */
export async function sweepJobs(ctx: WriteCtx): Promise<void> {
  const lost = await ctx.db
    .query("jobs")
    .withIndex("by_status_and_heartbeatAt", (q) =>
      q.eq("status", "running").lt("heartbeatAt", Date.now() - LOST_AFTER_MS),
    )
    .take(MAX_SWEPT);
  for (const job of lost) {
    const attempts = job.attempts + 1;
    if (attempts >= MAX_ATTEMPTS) await endJob(ctx, job, "failed", "its steps never came back");
    else await run(ctx, job, { attempts, batchSize: Math.max(1, Math.floor(job.batchSize / 2)) });
  }
}
