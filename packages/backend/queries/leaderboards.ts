import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { needMemberView, needViewer } from "../lib/access";
import { totalOf, totalsOf } from "../lib/challengePoints";
import { nameOnBoard } from "../lib/displayNames";
import { need, refuse } from "../lib/errors";
import { publicQuery, viewerQuery } from "../lib/functions";
import { needStanding, standingOf } from "../lib/pointLedger";
import { checkPageSize, checkToday } from "../lib/rules/pages";
import { currentStreak } from "../lib/rules/streak";
import type { BoardPlace } from "../lib/ranks";
import { placeOf } from "../lib/standingsRank";
import type { ReadCtx } from "../lib/tableOwners";

type Standing = Doc<"standings">;

const DEFAULT_PAGE = 25;
const MAX_PAGE = 50;

const viewArgs = {
  challengeId: v.id("challenges"),
  viewKey: v.optional(v.string()),
  /** The caller's calendar day, for current streaks. */
  today: v.optional(v.string()),
};

const boardRow = v.object({
  rank: v.number(),
  userId: v.id("users"),
  displayName: v.string(),
  totalPoints: v.number(),
  currentStreak: v.number(),
  streakLastDay: v.union(v.string(), v.null()),
  /** The total shown is not the stored one the board is ordered by: verify names why. */
  differs: v.optional(v.literal(true)),
});

/**
 * A page of the board: most points first, then who reached them first, then by id; equal totals share a rank (1, 2, 2,
 * 4). Totals are sums over the activity rows, read for this page only. `limit` is 25 unless told, at most 50. The
 * answer is the same for everybody who may see the challenge. Refuses NOT_FOUND and INVALID_INPUT.
 */
export const page = publicQuery({
  args: {
    ...viewArgs,
    board: v.optional(v.literal("total")),
    cursor: v.optional(v.union(v.string(), v.null())),
    limit: v.optional(v.number()),
  },
  returns: v.object({
    page: v.array(boardRow),
    continueCursor: v.string(),
    isDone: v.boolean(),
  }),
  handler: async (ctx, { challengeId, viewKey, cursor = null, limit = DEFAULT_PAGE, today }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const numItems = need(checkPageSize("limit", limit, MAX_PAGE));
    need(checkToday(today));
    const result = await ctx.db
      .query("standings")
      .withIndex("by_challengeId_and_listed_and_negTotal_and_reachedAt_and_userId", (q) =>
        q.eq("challengeId", challengeId).eq("listed", true),
      )
      .paginate({ cursor, numItems });
    const { page: standings, continueCursor, isDone } = result;
    const first = standings[0];
    if (first === undefined) return { page: [], continueCursor, isDone };
    const start = cursor === null ? { position: 1, rank: 1 } : await placeOf(ctx, first);
    return { page: await boardRows(ctx, standings, start, today), continueCursor, isDone };
  },
});

/** The rows of one page; `start` is the place of its first. */
async function boardRows(
  ctx: ReadCtx,
  standings: Standing[],
  start: BoardPlace,
  today: string | undefined,
) {
  const userIds = standings.map(({ userId }) => userId);
  const challengeId = standings[0]?.challengeId;
  const sums = challengeId === undefined ? [] : await totalsOf(ctx, challengeId, userIds);
  const names = await Promise.all(standings.map((standing) => nameOnBoard(ctx, standing)));
  let { rank } = start;
  return standings.map((standing, index) => {
    const isTied = index > 0 && standings[index - 1]?.negTotal === standing.negTotal;
    if (index > 0 && !isTied) rank = start.position + index;
    const { userId, streakLength, streakLastDay } = standing;
    const totalPoints = sums[index] ?? 0;
    return {
      rank,
      userId,
      displayName: names[index] ?? "",
      totalPoints,
      currentStreak: currentStreak(streakLength, streakLastDay, today),
      streakLastDay,
      ...(totalPoints === standing.totalPoints ? {} : { differs: true as const }),
    };
  });
}

/**
 * One person's standing, the caller's own without `userId`; ask it once, not as a subscription. The rank follows the
 * totals within about a second. `rankAsOf` is when the ranked total was reached (UTC ms). Refuses NOT_FOUND (also
 * `participant`, for people who are not listed), NOT_SIGNED_IN without `userId`, and INVALID_INPUT.
 */
export const standing = publicQuery({
  args: { ...viewArgs, userId: v.optional(v.id("users")) },
  returns: v.object({
    rank: v.number(),
    rankAsOf: v.number(),
    totalPoints: v.number(),
    activityCount: v.number(),
    currentStreak: v.number(),
    longestStreak: v.number(),
    streakLastDay: v.union(v.string(), v.null()),
  }),
  handler: async (ctx, { challengeId, viewKey, userId, today }) => {
    await needMemberView(ctx, challengeId, viewKey);
    need(checkToday(today));
    const whose = userId ?? (await needViewer(ctx)).userId;
    const own = await needStanding(ctx, { challengeId, userId: whose });
    if (!own.listed) return refuse({ code: "NOT_FOUND", what: "participant" });
    return {
      rank: (await placeOf(ctx, own)).rank,
      rankAsOf: own.reachedAt,
      totalPoints: await totalOf(ctx, challengeId, whose),
      activityCount: own.activityCount,
      currentStreak: currentStreak(own.streakLength, own.streakLastDay, today),
      longestStreak: own.longestStreak,
      streakLastDay: own.streakLastDay,
    };
  },
});

/**
 * The caller's own row, live: it reads nothing but their standing, so other people's activities do not run it again.
 * Null for people who take no part, or are not listed. Refuses NOT_SIGNED_IN and INVALID_INPUT.
 */
export const ownRow = viewerQuery({
  args: { challengeId: v.id("challenges"), today: v.optional(v.string()) },
  returns: v.union(
    v.object({
      totalPoints: v.number(),
      activityCount: v.number(),
      currentStreak: v.number(),
      streakLastDay: v.union(v.string(), v.null()),
      longestStreak: v.number(),
    }),
    v.null(),
  ),
  handler: async (ctx, { challengeId, today }) => {
    need(checkToday(today));
    const own = await standingOf(ctx, { challengeId, userId: ctx.userId });
    if (own === null || !own.listed || own.isFormer) return null;
    const { totalPoints, activityCount, streakLength, streakLastDay, longestStreak } = own;
    const streak = currentStreak(streakLength, streakLastDay, today);
    return { totalPoints, activityCount, currentStreak: streak, streakLastDay, longestStreak };
  },
});
