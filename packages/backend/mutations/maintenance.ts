import { type Infer, type ObjectType, v } from "convex/values";
import { needChallenge } from "../lib/access";
import { need, refuse } from "../lib/errors";
import { challengeAdminMutation, internalMutation } from "../lib/functions";
import { needJob } from "../lib/jobReads";
import * as jobs from "../lib/jobs";
import { currentVersions } from "../lib/jobs/rescore";
import { explainDamage } from "../lib/pointLedger";
import { countCall } from "../lib/rateLimits";
import { checkReason } from "../lib/rules/reasons";
import { challengesAfter, openChallengesAfter } from "../lib/challenges";
import type { Id } from "../_generated/dataModel";
import type { ReadCtx } from "../lib/tableOwners";
import { findingValidator, impactShareValidator } from "../tables/jobs";
import { damageValidator } from "../tables/ledger";
import { internal } from "../_generated/api";

const startArgs = {
  challengeId: v.id("challenges"),
  kind: v.union(
    v.literal("verify"),
    v.literal("repair"),
    v.literal("backfill"),
    v.literal("rescore"),
  ),
  /** Says what would change, and changes nothing; verify never does. */
  dryRun: v.boolean(),
  /** rescore: activities of this type alone; all types unless told. */
  activityTypeId: v.optional(v.id("activityTypes")),
};
const started = v.object({ jobId: v.id("jobs") });

/** A verification never writes, so there is one of it, however it was asked for; a rescore applies the rules of now. */
async function wishOf(ctx: ReadCtx, args: ObjectType<typeof startArgs>) {
  const { challengeId, kind, activityTypeId } = args;
  if (activityTypeId !== undefined && kind !== "rescore") {
    const problem = "is for a rescore only";
    refuse({ code: "INVALID_INPUT", path: "activityTypeId", problem });
  }
  const options = kind === "rescore" ? await currentVersions(ctx, challengeId, activityTypeId) : {};
  return { challengeId, kind, options, dryRun: args.dryRun || kind === "verify" };
}

/**
 * Starts maintenance of a challenge, or joins the same job when it runs or waits already; another kind waits for the
 * running one. Progress is `queries/maintenance:job`. Refuses NOT_SIGNED_IN, NOT_FOUND (also `activityType`),
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT and RATE_LIMITED (6 an hour of each kind).
 */
export const start = challengeAdminMutation({
  args: startArgs,
  returns: started,
  handler: async (ctx, args) => {
    await countCall(ctx, "startJob", `${args.challengeId} ${args.kind}`);
    return {
      jobId: await jobs.startJob(ctx, {
        ...(await wishOf(ctx, args)),
        startedBy: ctx.userId,
      }),
    };
  },
});

/** What `start` does, for `npx convex run`. Refuses NOT_FOUND and INVALID_INPUT. */
export const startInternal = internalMutation({
  args: startArgs,
  returns: started,
  handler: async (ctx, args) => {
    await needChallenge(ctx, args.challengeId);
    return { jobId: await jobs.startJob(ctx, { ...(await wishOf(ctx, args)), startedBy: null }) };
  },
});

const jobArgs = { jobId: v.id("jobs") };

async function needOwnJob(ctx: ReadCtx, jobId: Id<"jobs">, challengeId: Id<"challenges">) {
  const job = await needJob(ctx, jobId);
  return job.challengeId === challengeId ? job : refuse({ code: "NOT_FOUND", what: "job" });
}

/**
 * Stops a job after its current step, to be resumed. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT,
 * NOT_CHALLENGE_ADMIN, and INVALID_INPUT for a job that has ended.
 */
export const pause = challengeAdminMutation({
  args: jobArgs,
  returns: v.null(),
  handler: async (ctx, { jobId, challengeId }) => {
    await jobs.pauseJob(ctx, await needOwnJob(ctx, jobId, challengeId));
    return null;
  },
});

/** What `pause` does, for `npx convex run`. */
export const pauseInternal = internalMutation({
  args: jobArgs,
  returns: v.null(),
  handler: async (ctx, { jobId }) => {
    await jobs.pauseJob(ctx, await needJob(ctx, jobId));
    return null;
  },
});

/**
 * Goes on where a paused, failed or cancelled job stopped. Refuses like `pause`, and INVALID_INPUT for a completed job.
 */
export const resume = challengeAdminMutation({
  args: jobArgs,
  returns: v.null(),
  handler: async (ctx, { jobId, challengeId }) => {
    await jobs.resumeJob(ctx, await needOwnJob(ctx, jobId, challengeId));
    return null;
  },
});

/** What `resume` does, for `npx convex run`. */
export const resumeInternal = internalMutation({
  args: jobArgs,
  returns: v.null(),
  handler: async (ctx, { jobId }) => {
    await jobs.resumeJob(ctx, await needJob(ctx, jobId));
    return null;
  },
});

/** Ends a job after its current step; what it did stays, and it can be resumed. Refuses like `pause`. */
export const cancel = challengeAdminMutation({
  args: jobArgs,
  returns: v.null(),
  handler: async (ctx, { jobId, challengeId }) => {
    await jobs.cancelJob(ctx, await needOwnJob(ctx, jobId, challengeId));
    return null;
  },
});

/** What `cancel` does, for `npx convex run`. */
export const cancelInternal = internalMutation({
  args: jobArgs,
  returns: v.null(),
  handler: async (ctx, { jobId }) => {
    await jobs.cancelJob(ctx, await needJob(ctx, jobId));
    return null;
  },
});

/**
 * Explains damage of a person's ledger, as the last verification names it, with an admin's words: it is listed as
 * explained from then on. Moves no points. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, and
 * INVALID_INPUT without a reason or for what verify does not name.
 */
export const explain = challengeAdminMutation({
  args: { userId: v.id("users"), explains: v.array(damageValidator), reason: v.string() },
  returns: v.null(),
  handler: async (ctx, { userId, explains, reason }) => {
    const note = need(checkReason(reason));
    const { challenge, admin: actor } = ctx;
    await explainDamage(ctx, { challenge, userId, explains, actor, note, at: Date.now() });
    return null;
  },
});

/** The next step of a job; only the engine calls it, with the ticket it handed out. */
export const step = internalMutation({
  args: { jobId: v.id("jobs"), ticket: v.number() },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    await jobs.stepJob(ctx, args);
    return null;
  },
});

const batchResult = v.object({
  done: v.number(),
  shares: v.array(impactShareValidator),
  findings: v.optional(v.array(findingValidator)),
  isAgain: v.optional(v.boolean()),
  isWaiting: v.optional(v.boolean()),
  isRebuild: v.optional(v.boolean()),
});

/** Some items of a step, in a transaction of their own inside it; only the engine calls it. */
export const applyBatch = internalMutation({
  args: { jobId: v.id("jobs"), keys: v.array(v.string()) },
  returns: batchResult,
  handler: async (ctx, { jobId, keys }): Promise<Infer<typeof batchResult>> =>
    await jobs.applyKeys(ctx, jobId, keys),
});

/** Sends lost steps again; a cron calls it every minute. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await jobs.sweepJobs(ctx);
    return null;
  },
});

const CHALLENGES_AT_ONCE = 50;

/** Starts a verification of every challenge that is not final; a cron calls it every night. */
export const verifyAll = internalMutation({
  args: { cursor: v.optional(v.union(v.string(), v.null())) },
  returns: v.null(),
  handler: async (ctx, { cursor = null }): Promise<null> => {
    const { page, isDone, continueCursor } = await openChallengesAfter(ctx, {
      cursor,
      numItems: CHALLENGES_AT_ONCE,
    });
    for (const { _id: challengeId } of page) {
      const wish = { challengeId, kind: "verify", dryRun: true } as const;
      await jobs.startJob(ctx, { ...wish, startedBy: null });
    }
    const { verifyAll: next } = internal.mutations.maintenance;
    if (!isDone) await ctx.scheduler.runAfter(0, next, { cursor: continueCursor });
    return null;
  },
});

/**
 * Starts a backfill of every challenge that no release with jobs has seen: after a deploy over older data, or an import
 * into a fresh deployment. `npm start` calls it after every deploy; on others `npx convex run` does. Where all are
 * built already it starts none.
 *
 * @returns how many it started among the first 50 challenges; it goes on with the others by itself
 */
export const backfillAll = internalMutation({
  args: { cursor: v.optional(v.union(v.string(), v.null())) },
  returns: v.object({ started: v.number() }),
  handler: async (ctx, { cursor = null }): Promise<{ started: number }> => {
    const paging = { cursor, numItems: CHALLENGES_AT_ONCE };
    const { page, isDone, continueCursor } = await challengesAfter(ctx, paging);
    const due = page.filter(({ aggregateState }) => aggregateState === undefined);
    for (const { _id: challengeId } of due) {
      const wish = { challengeId, kind: "backfill", dryRun: false } as const;
      await jobs.startJob(ctx, { ...wish, startedBy: null });
    }
    const { backfillAll: next } = internal.mutations.maintenance;
    if (!isDone) await ctx.scheduler.runAfter(0, next, { cursor: continueCursor });
    return { started: due.length };
  },
});
