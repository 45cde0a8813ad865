import { v } from "convex/values";
import { needMemberView } from "../lib/access";
import { totalOf } from "../lib/challengePoints";
import { nameOnBoard } from "../lib/displayNames";
import { need, refuse } from "../lib/errors";
import { publicQuery } from "../lib/functions";
import { needShownStanding, participationOf } from "../lib/participations";
import { checkToday } from "../lib/rules/pages";
import { currentStreak } from "../lib/rules/streak";

/**
 * A participant of a challenge as everybody who may see the challenge sees them; the total is the sum of their activity
 * rows. Refuses NOT_FOUND (also `participant`, for people who left) and INVALID_INPUT.
 */
export const get = publicQuery({
  args: {
    challengeId: v.id("challenges"),
    viewKey: v.optional(v.string()),
    userId: v.id("users"),
    /** The caller's calendar day, for the current streak. */
    today: v.optional(v.string()),
  },
  returns: v.object({
    userId: v.id("users"),
    displayName: v.string(),
    totalPoints: v.number(),
    activityCount: v.number(),
    currentStreak: v.number(),
    longestStreak: v.number(),
    streakBonusPoints: v.number(),
    /** UTC ms. */
    joinedAt: v.number(),
  }),
  handler: async (ctx, { challengeId, viewKey, userId, today }) => {
    await needMemberView(ctx, challengeId, viewKey);
    need(checkToday(today));
    const participation = await participationOf(ctx, challengeId, userId);
    if (participation === null) return refuse({ code: "NOT_FOUND", what: "participant" });
    const standing = await needShownStanding(ctx, { challengeId, userId });
    const { activityCount, longestStreak, streakBonusPoints, streakLength, streakLastDay } =
      standing;
    return {
      userId,
      displayName: await nameOnBoard(ctx, standing),
      totalPoints: await totalOf(ctx, challengeId, userId),
      activityCount,
      currentStreak: currentStreak(streakLength, streakLastDay, today),
      longestStreak,
      streakBonusPoints,
      joinedAt: participation.joinedAt,
    };
  },
});
