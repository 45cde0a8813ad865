import { v } from "convex/values";
import { internal } from "../_generated/api";
import { needChallengeAdmin, type Viewer } from "../lib/access";
import type { Id } from "../_generated/dataModel";
import { changedRule, createActivityType, updateActivityType } from "../lib/activityTypes";
import { needNotFinal } from "../lib/challenges";
import { refuse } from "../lib/errors";
import { challengeAdminMutation, viewerMutation } from "../lib/functions";
import { startPreview } from "../lib/jobs";
import { record } from "../lib/moderationLog";
import { countCall } from "../lib/rateLimits";
import type { ReadCtx } from "../lib/tableOwners";
import { bonusValidator, limitsValidator, scoringValidator } from "../tables/scoring";

const optionalFields = {
  category: v.optional(v.string()),
  limits: v.optional(limitsValidator),
  bonuses: v.optional(v.array(bonusValidator)),
  isNegative: v.optional(v.boolean()),
  catalogueKey: v.optional(v.string()),
};

/**
 * Adds an activity type to a challenge; its rule is validated here and becomes version 1. Refuses NOT_SIGNED_IN,
 * NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT, LIMIT_REACHED and CHALLENGE_FINAL.
 */
export const create = challengeAdminMutation({
  args: {
    name: v.string(),
    scoring: scoringValidator,
    contributesToStreak: v.boolean(),
    ...optionalFields,
  },
  returns: v.object({ activityTypeId: v.id("activityTypes") }),
  handler: async (ctx, { challengeId, ...wish }) => {
    const type = { limits: {}, bonuses: [], isNegative: false, ...wish };
    const activityTypeId = await createActivityType(ctx, challengeId, type);
    needNotFinal(ctx.challenge);
    return { activityTypeId };
  },
});

/** Fields of a rule, all optional: what is left out stays. */
const changeFields = {
  scoring: v.optional(scoringValidator),
  contributesToStreak: v.optional(v.boolean()),
  category: v.optional(v.string()),
  limits: v.optional(limitsValidator),
  bonuses: v.optional(v.array(bonusValidator)),
  isNegative: v.optional(v.boolean()),
};

/**
 * Says what a rescore by a changed rule would do, before it is saved: starts a dry run over everybody, whose answer is
 * `queries/maintenance:impact`. The caller's other previews of the challenge end. Nothing else is written. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (the rule), CHALLENGE_FINAL and
 * RATE_LIMITED (30 an hour in a challenge).
 */
export const preview = viewerMutation({
  args: { activityTypeId: v.id("activityTypes"), ...changeFields },
  returns: v.object({ jobId: v.id("jobs") }),
  handler: async (ctx, { activityTypeId, ...wish }) => {
    const { type, challenge } = await needOwnType(ctx, activityTypeId);
    const proposed = { activityTypeId, ...changedRule(type, wish) };
    needNotFinal(challenge);
    await countCall(ctx, "previewRule", challenge._id);
    const versions = [{ activityTypeId, version: type.version + 1 }];
    const by = { challengeId: challenge._id, startedBy: ctx.userId };
    return { jobId: await startPreview(ctx, { ...by, options: { versions, proposed } }) };
  },
});

/** A type whose challenge the caller administers. */
async function needOwnType(ctx: ReadCtx & Viewer, activityTypeId: Id<"activityTypes">) {
  const type = await ctx.db.get("activityTypes", activityTypeId);
  if (type === null) return refuse({ code: "NOT_FOUND", what: "activityType" });
  return { type, ...(await needChallengeAdmin(ctx, type.challengeId, "activityType")) };
}

/**
 * Changes an activity type; what is left out stays. A changed rule is a new version: activities that exist keep the
 * one they were scored with. One that is retired takes no new activities, from imports neither; those it has stay. Offered
 * again, it takes what came from Strava meanwhile. What changes nothing writes nothing. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT
 * and CHALLENGE_FINAL.
 */
export const update = viewerMutation({
  args: {
    activityTypeId: v.id("activityTypes"),
    name: v.optional(v.string()),
    scoring: v.optional(scoringValidator),
    contributesToStreak: v.optional(v.boolean()),
    isRetired: v.optional(v.boolean()),
    ...optionalFields,
  },
  returns: v.object({ version: v.number() }),
  handler: async (ctx, { activityTypeId, ...wish }) => {
    const { type, challenge, admin } = await needOwnType(ctx, activityTypeId);
    const { version, isChanged } = await updateActivityType(ctx, type, wish);
    needNotFinal(challenge);
    if (!isChanged) return { version };
    if (type.isRetired && wish.isRetired === false) {
      const { replayOffered } = internal.mutations.strava;
      await ctx.scheduler.runAfter(0, replayOffered, { activityTypeId, after: "" });
    }
    const note = `${wish.name ?? type.name}: version ${version}`;
    const entry = {
      challengeId: challenge._id,
      action: "ruleChanged",
      userId: ctx.userId,
    } as const;
    await record(ctx, admin, { ...entry, note });
    return { version };
  },
});
