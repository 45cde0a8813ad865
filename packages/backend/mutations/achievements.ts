import { v } from "convex/values";
import { needChallengeAdmin } from "../lib/access";
import * as evaluation from "../lib/achievementEvaluation";
import { archiveAchievement, createAchievement, updateAchievement } from "../lib/achievements";
import { needNotFinal } from "../lib/challenges";
import { refuse } from "../lib/errors";
import { challengeAdminMutation, internalMutation, viewerMutation } from "../lib/functions";
import { remembered } from "../lib/idempotency";
import { criteriaValidator, definitionFields, frequencyValidator } from "../tables/achievements";

/**
 * Adds an achievement and evaluates everybody by it in the background, what they did before included. The same requestId
 * again answers the first achievement. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN,
 * INVALID_INPUT, LIMIT_REACHED (`achievements`: 20), IDEMPOTENCY_MISMATCH and CHALLENGE_FINAL.
 */
export const create = challengeAdminMutation({
  args: {
    name: v.string(),
    description: v.optional(v.string()),
    ...definitionFields,
    requestId: v.optional(v.string()),
  },
  returns: v.object({ achievementId: v.id("achievements") }),
  handler: async (ctx, args) => {
    const { challengeId, requestId, ...wish } = args;
    const call = { actorKey: ctx.userId, requestId, fn: "mutations/achievements:create", args };
    const { result } = await remembered(ctx, call, async () => {
      const started = await createAchievement(ctx, challengeId, wish, Date.now());
      needNotFinal(ctx.challenge);
      await evaluation.scheduleStep(ctx, started);
      return { achievementId: started.achievementId };
    });
    return result;
  },
});

/**
 * Changes an achievement; what is left out stays. Other criteria, points or frequency need `reevaluate: true`: everybody
 * is evaluated again in the background, and awards are given, moved and taken back. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (also for an archived one), STALE_VERSION and CHALLENGE_FINAL.
 */
export const update = viewerMutation({
  args: {
    achievementId: v.id("achievements"),
    name: v.optional(v.string()),
    description: v.optional(v.string()),
    criteria: v.optional(criteriaValidator),
    frequency: v.optional(frequencyValidator),
    points: v.optional(v.number()),
    expectedVersion: v.optional(v.number()),
    reevaluate: v.optional(v.boolean()),
  },
  returns: v.object({ version: v.number() }),
  handler: async (ctx, { achievementId, ...wish }) => {
    const achievement = await ctx.db.get("achievements", achievementId);
    if (achievement === null) return refuse({ code: "NOT_FOUND", what: "achievement" });
    const { challenge } = await needChallengeAdmin(ctx, achievement.challengeId, "achievement");
    const updated = await updateAchievement(ctx, achievement, wish, Date.now());
    needNotFinal(challenge);
    if (updated.evaluation) await evaluation.scheduleStep(ctx, updated.evaluation);
    return { version: updated.version };
  },
});

/**
 * Lets an achievement give no new awards; those given stay as long as their basis does. Archiving twice is archiving
 * once. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and CHALLENGE_FINAL.
 */
export const archive = viewerMutation({
  args: { achievementId: v.id("achievements") },
  returns: v.null(),
  handler: async (ctx, { achievementId }) => {
    const achievement = await ctx.db.get("achievements", achievementId);
    if (achievement === null) return refuse({ code: "NOT_FOUND", what: "achievement" });
    const { challenge } = await needChallengeAdmin(ctx, achievement.challengeId, "achievement");
    await archiveAchievement(ctx, achievement);
    needNotFinal(challenge);
    return null;
  },
});

/** One step of evaluating everybody; see `evaluation.evaluateStep`. */
export const evaluateStep = internalMutation({
  args: { achievementId: v.id("achievements"), run: v.number() },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    await evaluation.evaluateStep(ctx, { ...args, at: Date.now() });
    return null;
  },
});

/** Goes on with the awards of one person, where one transaction could not hold them. */
export const evaluatePerson = internalMutation({
  args: { achievementId: v.id("achievements"), userId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, { achievementId, userId }): Promise<null> => {
    await evaluation.evaluatePerson(ctx, achievementId, userId);
    return null;
  },
});

/** Starts evaluations again that were lost; a cron calls it. */
export const restartLostEvaluations = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    await evaluation.restartLost(ctx, Date.now());
    return null;
  },
});
