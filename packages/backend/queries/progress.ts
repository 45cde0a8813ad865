import { v } from "convex/values";
import { needMemberView, needParticipant } from "../lib/access";
import { need } from "../lib/errors";
import { publicQuery, viewerQuery } from "../lib/functions";
import { pointSourcesOf, pointSourcesValidator } from "../lib/pointSources";
import { dayOf, progressOf } from "../lib/progress";
import { spreadOf } from "../lib/ranks";
import { isDay } from "../lib/rules/dates";
import { accept, invalid } from "../lib/rules/checked";
import { checkToday } from "../lib/rules/pages";
import { currentStreak } from "../lib/rules/streak";
import { sourceValidator } from "../tables/activities";
import { metricsValidator } from "../tables/scoring";

const boardTotal = v.object({ key: v.string(), points: v.number(), activityCount: v.number() });

/**
 * The caller's own days in a challenge, with what they add up to: live, and it reads nothing but what is theirs. The
 * points of the days and their streak bonuses together are the total. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT
 * and INVALID_INPUT.
 */
export const mine = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    /** The caller's calendar day. */
    today: v.string(),
  },
  returns: v.object({
    /** Days with something on them, in order. */
    days: v.array(
      v.object({
        day: v.string(),
        points: v.number(),
        /** What of them counts for the streak. */
        streakPoints: v.number(),
        activityCount: v.number(),
        /** Its position in a streak; 0: it does not count. */
        streak: v.number(),
        streakBonusPoints: v.number(),
      }),
    ),
    totalPoints: v.number(),
    activityCount: v.number(),
    currentStreak: v.number(),
    longestStreak: v.number(),
    streakLastDay: v.union(v.string(), v.null()),
    streakBonusPoints: v.number(),
    /** `key` is the week's number. */
    weeks: v.array(boardTotal),
    categories: v.array(boardTotal),
    types: v.array(
      v.object({
        activityTypeId: v.id("activityTypes"),
        name: v.string(),
        catalogueKey: v.optional(v.string()),
        count: v.number(),
      }),
    ),
  }),
  handler: async (ctx, { challengeId, today }) => {
    const { challenge } = await needParticipant(ctx, challengeId);
    need(checkToday(today));
    const { standing, ...progress } = await progressOf(ctx, challenge, ctx.userId);
    const { activityCount, streakLength, streakLastDay, longestStreak, streakBonusPoints } =
      standing;
    return {
      ...progress,
      activityCount,
      currentStreak: currentStreak(streakLength, streakLastDay, today),
      longestStreak,
      streakLastDay,
      streakBonusPoints,
    };
  },
});

/**
 * What the caller's own points come from, line by line, to their total. It reads all their activities: ask it when it is
 * wanted, not as a subscription. Refuses NOT_SIGNED_IN, NOT_FOUND and NOT_PARTICIPANT.
 */
export const sources = viewerQuery({
  args: { challengeId: v.id("challenges") },
  returns: pointSourcesValidator,
  handler: async (ctx, { challengeId }) => {
    await needParticipant(ctx, challengeId);
    return await pointSourcesOf(ctx, { challengeId, userId: ctx.userId });
  },
});

/**
 * The caller's own day: its live activities, and what one more of each type could still count there. What a type does not
 * bound is absent. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT and INVALID_INPUT.
 */
export const day = viewerQuery({
  args: { challengeId: v.id("challenges"), day: v.string() },
  returns: v.object({
    rows: v.array(
      v.object({
        activityId: v.id("activities"),
        activityTypeId: v.id("activityTypes"),
        typeName: v.string(),
        source: sourceValidator,
        metrics: metricsValidator,
        pointsEarned: v.number(),
      }),
    ),
    types: v.array(
      v.object({
        activityTypeId: v.id("activityTypes"),
        room: v.object({
          maxPerDay: v.optional(v.number()),
          maxPerWeek: v.optional(v.number()),
          maxPerChallenge: v.optional(v.number()),
          /** Points until the day cap. */
          points: v.optional(v.number()),
          /** Of the day's free amount, in the metric's SI unit. */
          free: v.optional(v.number()),
        }),
      }),
    ),
  }),
  handler: async (ctx, { challengeId, day: wanted }) => {
    const { challenge } = await needParticipant(ctx, challengeId);
    const date = need(
      isDay(wanted) ? accept(wanted) : invalid("day", "must be a calendar day YYYY-MM-DD"),
    );
    return await dayOf(ctx, challenge, { challengeId, userId: ctx.userId }, date);
  },
});

/**
 * How the points of everybody on the total board are spread, as of about a second ago. Ask it once, not as a
 * subscription. Refuses NOT_FOUND.
 */
export const spread = publicQuery({
  args: { challengeId: v.id("challenges"), viewKey: v.optional(v.string()) },
  returns: v.object({
    /** People on the board. */
    count: v.number(),
    /** null while nobody is on it. */
    best: v.union(v.number(), v.null()),
    median: v.union(v.number(), v.null()),
  }),
  handler: async (ctx, { challengeId, viewKey }) => {
    await needMemberView(ctx, challengeId, viewKey);
    return await spreadOf(ctx, challengeId);
  },
});
