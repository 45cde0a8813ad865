import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";
import { streakBonusValidator } from "./challenges";
import { ruleFields } from "./scoring";

export const jobKindValidator = v.union(
  v.literal("verify"),
  v.literal("repair"),
  v.literal("backfill"),
  v.literal("rescore"),
  v.literal("takePoints"),
  v.literal("deletePerson"),
  v.literal("deleteChallenge"),
);
export type JobKind = Infer<typeof jobKindValidator>;

export const jobStatusValidator = v.union(
  /** Another job of the challenge runs; this one begins when it ends. */
  v.literal("queued"),
  v.literal("running"),
  v.literal("paused"),
  v.literal("failed"),
  v.literal("cancelled"),
  v.literal("completed"),
);
export type JobStatus = Infer<typeof jobStatusValidator>;

/** What a job that a challenge's organisers may watch is doing. */
export const stageNameValidator = v.union(
  v.literal("sums"),
  v.literal("accounts"),
  v.literal("awards"),
  v.literal("ranks"),
  v.literal("lostRanks"),
  v.literal("names"),
  v.literal("rescore"),
);
export type StageName = Infer<typeof stageNameValidator>;

/** What can be done about a finding: a repair writes it anew, an admin explains it, or a person has to look. */
export const cureValidator = v.union(
  v.literal("repair"),
  v.literal("explain"),
  v.literal("explained"),
  v.literal("none"),
);

export const findingValueValidator = v.union(v.number(), v.string(), v.null());

/** One thing that is not as the activity rows say: which kind, about what, and both values. */
export const findingValidator = v.object({
  kind: v.string(),
  /** Whose account; absent for the challenge itself. */
  userId: v.optional(v.id("users")),
  /** A day, a number of the ledger, an activity: what of the account. */
  about: v.optional(v.string()),
  expected: findingValueValidator,
  actual: findingValueValidator,
  cure: cureValidator,
});
export type AccountFinding = Infer<typeof findingValidator>;

/** What a job was told beside its kind, fixed for all its steps. */
export const jobOptionsValidator = v.object({
  /** rescore: the version each type is brought to, whatever is saved meanwhile; types that are not named stay. */
  versions: v.optional(
    v.array(v.object({ activityTypeId: v.id("activityTypes"), version: v.number() })),
  ),
  /** deletePerson, takePoints: whose data or points go; and whether points go with the data. */
  userId: v.optional(v.id("users")),
  points: v.optional(v.union(v.literal("keep"), v.literal("remove"))),
  /** rescore: the change of the streak it follows; it settles by the rules of the moment, which may be newer still. */
  streak: v.optional(
    v.object({ minPoints: v.number(), bonus: streakBonusValidator, dailyCap: v.number() }),
  ),
  /** A dry run of rescore: stands for the version given above of its type, which nobody saved. */
  proposed: v.optional(v.object({ activityTypeId: v.id("activityTypes"), ...ruleFields })),
  /** takePoints: in whose name the rows are removed. */
  admin: v.optional(
    v.object({
      kind: v.union(v.literal("challengeAdmin"), v.literal("platformAdmin")),
      userId: v.id("users"),
      apiKeyId: v.optional(v.id("apiKeys")),
    }),
  ),
});
export type JobOptions = Infer<typeof jobOptionsValidator>;

/** What a rescore changes for one person: activities whose points change, and what that moves their total by. */
export const impactShareValidator = v.object({
  userId: v.id("users"),
  activities: v.number(),
  points: v.number(),
});
export type ImpactShare = Infer<typeof impactShareValidator>;

/** What a rescore changes altogether. */
export const impactValidator = v.object({
  people: v.number(),
  activities: v.number(),
  points: v.number(),
  /** The largest changes of one person, either way; at most 10. */
  largest: v.array(impactShareValidator),
  /** The person the last item was about: more of theirs may come. */
  last: v.union(impactShareValidator, v.null()),
});
export type Impact = Infer<typeof impactValidator>;

export const jobTables = {
  /**
   * One piece of maintenance that takes many transactions; written by lib/jobs; of one challenge at most
   * one is running, and of those about no challenge as well.
   */
  jobs: defineTable({
    /** null: the deletion of a person, who is in many. */
    challengeId: v.union(v.id("challenges"), v.null()),
    kind: jobKindValidator,
    dryRun: v.boolean(),
    options: jobOptionsValidator,
    status: jobStatusValidator,
    /** Which of the kind's stages it is in, from 0. */
    stage: v.number(),
    /** Last item of the stage that is done. */
    cursor: v.union(v.string(), v.null()),
    processed: v.number(),
    /** About how many items there are; null when nobody counted. */
    total: v.union(v.number(), v.null()),
    /** Items a step takes now: halved when a step passes a limit. */
    batchSize: v.number(),
    /** The aggregate is being built from nothing. */
    isRebuild: v.boolean(),
    /** Findings by kind. */
    counts: v.record(v.string(), v.number()),
    /** rescore: what it has changed so far, or would. */
    impact: v.optional(impactValidator),
    startedBy: v.union(v.id("users"), v.null()),
    error: v.union(v.string(), v.null()),
    /** UTC ms of the last step. */
    heartbeatAt: v.number(),
    endedAt: v.optional(v.number()),
    /** Steps in a row that never came back. */
    attempts: v.number(),
    /** Steps in a row that waited for the queue of ranks. */
    waits: v.number(),
    /** The step with this number is the only one that may run. */
    ticket: v.number(),
  })
    .index("by_challengeId", ["challengeId"])
    .index("by_challengeId_and_status", ["challengeId", "status"])
    .index("by_challengeId_and_kind_and_status", ["challengeId", "kind", "status"])
    .index("by_status_and_heartbeatAt", ["status", "heartbeatAt"]),
  /** What a job found, at most 1,000 rows a job; written by lib/jobs; not unique. */
  jobFindings: defineTable({
    jobId: v.id("jobs"),
    ...findingValidator.fields,
  }).index("by_jobId", ["jobId"]),
};
