import { v } from "convex/values";
import { needMemberView, needViewer } from "../lib/access";
import * as reads from "../lib/boards";
import { totalOf } from "../lib/challengePoints";
import { need } from "../lib/errors";
import { publicQuery, viewerQuery } from "../lib/functions";
import { needShownStanding, shownStanding } from "../lib/participations";
import { checkPageSize, checkToday } from "../lib/rules/pages";
import { currentStreak } from "../lib/rules/streak";

const DEFAULT_PAGE = 25;
const MAX_PAGE = 50;
const DEFAULT_AROUND = 3;
const MAX_AROUND = 10;

const viewArgs = {
  challengeId: v.id("challenges"),
  viewKey: v.optional(v.string()),
};
const boardArgs = {
  ...reads.boardArgs,
  /** The caller's calendar day, for current streaks and yesterday's ranks. */
  today: v.optional(v.string()),
};

/**
 * A page of a board (the total unless told): most points first, then who reached them first, then by id; equal points
 * share a rank (1, 2, 2, 4). Totals are sums over the activity rows, read for this page only; points of weeks and
 * categories are the stored ones. `limit` is 25 unless told, at most 50; a watched page keeps its number of rows, so
 * that `continueCursor` changes as people move. The answer is the same for everybody who may see the challenge.
 * Refuses NOT_FOUND and INVALID_INPUT (also for an unknown week or category, and a cursor of something else).
 */
export const page = publicQuery({
  args: {
    ...viewArgs,
    ...boardArgs,
    cursor: v.optional(v.union(v.string(), v.null())),
    limit: v.optional(v.number()),
  },
  returns: v.object({
    page: v.array(reads.boardRowValidator),
    continueCursor: v.string(),
    isDone: v.boolean(),
  }),
  handler: async (ctx, { challengeId, viewKey, cursor = null, limit = DEFAULT_PAGE, ...args }) => {
    const challenge = await needMemberView(ctx, challengeId, viewKey);
    const numItems = need(checkPageSize("limit", limit, MAX_PAGE));
    need(checkToday(args.today));
    const board = await reads.needBoard(ctx, challenge, args);
    const result = await reads.entriesPage(ctx, challengeId, board, { cursor, numItems });
    const { page: entries, continueCursor, isDone } = result;
    const first = entries[0];
    if (first === undefined) return { page: [], continueCursor, isDone };
    const start = cursor === null ? reads.FIRST_PLACE : await reads.placeOfEntry(ctx, first);
    const rows = await reads.shownRows(ctx, entries, start, args.today);
    return { page: rows, continueCursor, isDone };
  },
});

/**
 * One person's standing on a board (the total unless told), the caller's own without `userId`; ask it once, not as a
 * subscription. `totalPoints` and `activityCount` are those of the board. The rank follows the points within about a
 * second; it is null for people who are on no board by their own wish, or have nothing on this one. `rankAsOf` is when
 * the ranked points were reached (UTC ms). Refuses NOT_FOUND (also `participant`, for people who left), NOT_SIGNED_IN
 * without `userId`, and INVALID_INPUT.
 */
export const standing = publicQuery({
  args: { ...viewArgs, ...boardArgs, userId: v.optional(v.id("users")) },
  returns: v.object({
    rank: v.union(v.number(), v.null()),
    rankAsOf: v.number(),
    totalPoints: v.number(),
    activityCount: v.number(),
    currentStreak: v.number(),
    longestStreak: v.number(),
    streakLastDay: v.union(v.string(), v.null()),
  }),
  handler: async (ctx, { challengeId, viewKey, userId, ...args }) => {
    const challenge = await needMemberView(ctx, challengeId, viewKey);
    need(checkToday(args.today));
    const board = await reads.needBoard(ctx, challenge, args);
    const owner = { challengeId, userId: userId ?? (await needViewer(ctx)).userId };
    const own = await needShownStanding(ctx, owner);
    const entry = board.board === "total" ? own : await reads.entryOf(ctx, owner, board);
    return {
      rank: entry?.listed ? (await reads.placeOfEntry(ctx, entry)).rank : null,
      rankAsOf: entry?.reachedAt ?? own.reachedAt,
      totalPoints:
        board.board === "total"
          ? await totalOf(ctx, challengeId, owner.userId)
          : reads.pointsOf(entry),
      activityCount: entry?.activityCount ?? 0,
      currentStreak: currentStreak(own.streakLength, own.streakLastDay, args.today),
      longestStreak: own.longestStreak,
      streakLastDay: own.streakLastDay,
    };
  },
});

/**
 * One person's row on a board with up to `count` rows above it and as many below (3 unless told, at most 10), the
 * caller's own without `userId`; ask it once. No rows for people who are not on the board. Refuses what `standing`
 * refuses.
 */
export const around = publicQuery({
  args: {
    ...viewArgs,
    ...boardArgs,
    userId: v.optional(v.id("users")),
    count: v.optional(v.number()),
  },
  returns: v.object({ rows: v.array(reads.boardRowValidator) }),
  handler: async (ctx, { challengeId, viewKey, userId, count = DEFAULT_AROUND, ...args }) => {
    const challenge = await needMemberView(ctx, challengeId, viewKey);
    need(checkPageSize("count", count, MAX_AROUND));
    need(checkToday(args.today));
    const board = await reads.needBoard(ctx, challenge, args);
    const owner = { challengeId, userId: userId ?? (await needViewer(ctx)).userId };
    await needShownStanding(ctx, owner);
    const own = await reads.entryOf(ctx, owner, board);
    if (!own?.listed) return { rows: [] };
    const entries = await reads.entriesAround(ctx, own, count);
    const start = await reads.placeOfEntry(ctx, entries[0] ?? own);
    return { rows: await reads.shownRows(ctx, entries, start, args.today) };
  },
});

/** Which boards a challenge has beside the total: weeks 1 to `weeks`, and categories by name. Refuses NOT_FOUND. */
export const boards = publicQuery({
  args: viewArgs,
  returns: v.object({ weeks: v.number(), categories: v.array(v.string()) }),
  handler: async (ctx, { challengeId, viewKey }) =>
    await reads.boardsOf(ctx, await needMemberView(ctx, challengeId, viewKey)),
});

/**
 * The caller's own row of a board, live: it reads nothing but what is theirs, so other people's activities do not run
 * it again. Null for people who take no part. Refuses NOT_SIGNED_IN, NOT_FOUND and INVALID_INPUT (a week
 * the challenge does not have).
 */
export const ownRow = viewerQuery({
  args: { challengeId: v.id("challenges"), ...boardArgs },
  returns: v.union(
    v.object({
      totalPoints: v.number(),
      activityCount: v.number(),
      currentStreak: v.number(),
      streakLastDay: v.union(v.string(), v.null()),
      longestStreak: v.number(),
      /** false: on no board, by their own wish. */
      isRanked: v.boolean(),
    }),
    v.null(),
  ),
  handler: async (ctx, { challengeId, today, ...wish }) => {
    need(checkToday(today));
    const owner = { challengeId, userId: ctx.userId };
    const own = await shownStanding(ctx, owner);
    if (own === null || own.isFormer) return null;
    const entry = await reads.ownEntry(ctx, own, wish);
    const { streakLength, streakLastDay, longestStreak, listed: isRanked } = own;
    return {
      totalPoints: reads.pointsOf(entry),
      activityCount: entry?.activityCount ?? 0,
      currentStreak: currentStreak(streakLength, streakLastDay, today),
      streakLastDay,
      longestStreak,
      isRanked,
    };
  },
});
