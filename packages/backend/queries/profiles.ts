import { v } from "convex/values";
import { needMemberView } from "../lib/access";
import { boardTotalsOf } from "../lib/boardTotals";
import { totalOf } from "../lib/challengePoints";

import { nameOnBoard } from "../lib/displayNames";
import { need, refuse } from "../lib/errors";
import { publicQuery } from "../lib/functions";
import { needShownStanding, participationOf } from "../lib/participations";
import { pointSourcesOf, pointSourcesValidator } from "../lib/pointSources";
import { daysOf, hasStravaRows, recentOf } from "../lib/publicView";
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

/**
 * Where a participant's points come from, as everybody who may see the challenge sees it: by week, by category and by day.
 * Null where that could tell of single activities of Strava. Achievements and the like are in the days and weeks, the
 * streak's bonus is in none. Refuses NOT_FOUND (also `participant`, for people who left).
 */
export const points = publicQuery({
  args: {
    challengeId: v.id("challenges"),
    viewKey: v.optional(v.string()),
    userId: v.id("users"),
  },
  returns: v.union(
    v.object({
      weeks: v.array(v.object({ week: v.number(), points: v.number() })),
      categories: v.array(v.object({ category: v.string(), points: v.number() })),
      days: v.array(v.object({ day: v.string(), points: v.number() })),
    }),
    v.null(),
  ),
  handler: async (ctx, { challengeId, viewKey, userId }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const owner = { challengeId, userId };
    await needShownStanding(ctx, owner);
    const days = await daysOf(ctx, owner);
    if (days === null) return null;
    const totals = await boardTotalsOf(ctx, owner);
    const of = (kind: "week" | "category") => totals.filter(({ board }) => board === kind);
    const weeks = of("week").map((row) => ({ week: Number(row.key), points: row.points }));
    return {
      weeks: weeks.sort((one, other) => one.week - other.week),
      categories: of("category").map((row) => ({ category: row.key, points: row.points })),
      days,
    };
  },
});

/**
 * What a participant's points come from, line by line, to their total, as everybody who may see the challenge sees it. Null
 * where it is not to be seen: of people who have, or had, activities of Strava, of which a line could tell a single one,
 * and of those whom an organiser removed. It reads all their activities: ask it when it is wanted, not as a subscription.
 * Refuses NOT_FOUND (also `participant`, for people who left).
 */
export const sources = publicQuery({
  args: {
    challengeId: v.id("challenges"),
    viewKey: v.optional(v.string()),
    userId: v.id("users"),
  },
  returns: v.union(pointSourcesValidator, v.null()),
  handler: async (ctx, { challengeId, viewKey, userId }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const owner = { challengeId, userId };
    const { isFormer } = await needShownStanding(ctx, owner);
    const isPrivate = isFormer === true || (await hasStravaRows(ctx, owner));
    return isPrivate ? null : await pointSourcesOf(ctx, owner);
  },
});

/**
 * What a participant did last, as everybody who may see the challenge sees it: at most 10 activities, newest day first,
 * without notes, titles and amounts. None of Strava: beside a board of weeks or of a category, that one is there tells what
 * it gave. None of people whom an organiser removed. Refuses NOT_FOUND (also `participant`, for people who left).
 */
export const recent = publicQuery({
  args: {
    challengeId: v.id("challenges"),
    viewKey: v.optional(v.string()),
    userId: v.id("users"),
  },
  returns: v.array(
    v.object({
      activityId: v.id("activities"),
      typeName: v.string(),
      loggedDate: v.string(),
      points: v.number(),
    }),
  ),
  handler: async (ctx, { challengeId, viewKey, userId }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const { isFormer } = await needShownStanding(ctx, { challengeId, userId });
    return isFormer ? [] : await recentOf(ctx, { challengeId, userId });
  },
});
