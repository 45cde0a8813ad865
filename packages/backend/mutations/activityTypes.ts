import { v } from "convex/values";
import { needChallengeAdmin } from "../lib/access";
import { createActivityType, updateActivityType } from "../lib/activityTypes";
import { needNotFinal } from "../lib/challenges";
import { refuse } from "../lib/errors";
import { challengeAdminMutation, viewerMutation } from "../lib/functions";
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

/**
 * Changes an activity type; what is left out stays. A changed rule is a new version: activities that exist keep the
 * one they were scored with. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT
 * and CHALLENGE_FINAL.
 */
export const update = viewerMutation({
  args: {
    activityTypeId: v.id("activityTypes"),
    name: v.optional(v.string()),
    scoring: v.optional(scoringValidator),
    contributesToStreak: v.optional(v.boolean()),
    ...optionalFields,
  },
  returns: v.object({ version: v.number() }),
  handler: async (ctx, { activityTypeId, ...wish }) => {
    const type = await ctx.db.get("activityTypes", activityTypeId);
    if (type === null) return refuse({ code: "NOT_FOUND", what: "activityType" });
    const { challenge } = await needChallengeAdmin(ctx, type.challengeId, "activityType");
    const version = await updateActivityType(ctx, type, wish);
    needNotFinal(challenge);
    return { version };
  },
});
