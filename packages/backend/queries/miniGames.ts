import { v } from "convex/values";
import { needMemberView, viewerOf } from "../lib/access";
import { need } from "../lib/errors";
import { publicQuery, viewerQuery } from "../lib/functions";
import { needGameAdmin, needGameView } from "../lib/gameAccess";
import { type Game, playerOf } from "../lib/gameFacts";
import { gamesOf, needEndable, needStartable } from "../lib/games";
import { workOf } from "../lib/gameSteps";
import { liveView, resultsPage, settlementPage, startPage } from "../lib/gameViews";
import { instantOn } from "../lib/rules/dayClock";
import { checkPageSize } from "../lib/rules/pages";
import {
  cancelReasonValidator,
  counterpartRoleValidator,
  gameLineValidator,
  gameResultStateValidator,
  gameSettingsValidator,
  gameStatusValidator,
} from "../tables/games";

const DEFAULT_PAGE = 25;
const MAX_PAGE = 50;

const gameFields = {
  gameId: v.id("miniGames"),
  challengeId: v.id("challenges"),
  name: v.string(),
  settings: gameSettingsValidator,
  startsOn: v.string(),
  endsOn: v.string(),
  status: gameStatusValidator,
  /** UTC ms at which the clock starts or ends it; null when that is done. */
  dueAt: v.union(v.number(), v.null()),
  /** The start, or the end, was asked for and its snapshot is not complete yet. */
  isChanging: v.boolean(),
  players: v.number(),
  failures: v.number(),
  completedAt: v.union(v.number(), v.null()),
  cancelledBecause: v.union(cancelReasonValidator, v.null()),
};

function gameView(game: Game) {
  const { _id, _creationTime, startSnapshotId, endSnapshotId, ...fields } = game;
  const snapshotId = game.status === "draft" ? startSnapshotId : endSnapshotId;
  const isChanging = ["draft", "active"].includes(game.status) && snapshotId !== null;
  return { gameId: _id, ...fields, isChanging };
}

const personFields = { userId: v.id("users"), displayName: v.string() };

const pageArgs = {
  gameId: v.id("miniGames"),
  /** The position after which the page begins. */
  cursor: v.optional(v.union(v.number(), v.null())),
  limit: v.optional(v.number()),
};

function needPage({ cursor, limit = DEFAULT_PAGE }: { cursor?: number | null; limit?: number }) {
  return { after: cursor ?? 0, count: need(checkPageSize("limit", limit, MAX_PAGE)) };
}

/** The games of a challenge, newest first, at most 100. Refuses NOT_FOUND. */
export const list = publicQuery({
  args: { challengeId: v.id("challenges"), viewKey: v.optional(v.string()) },
  returns: v.array(v.object(gameFields)),
  handler: async (ctx, { challengeId, viewKey }) => {
    await needMemberView(ctx, challengeId, viewKey);
    return (await gamesOf(ctx, challengeId)).map(gameView);
  },
});

/**
 * One game, and how the caller stands in it: whom they play with or against, who is ahead, and what they would get if it
 * ended now. `viewer` is null for people who do not play, and before the start. Refuses NOT_FOUND.
 */
export const get = publicQuery({
  args: { gameId: v.id("miniGames") },
  returns: v.object({
    ...gameFields,
    viewer: v.union(
      v.object({
        startRank: v.number(),
        counterparts: v.array(
          v.object({
            role: counterpartRoleValidator,
            ...personFields,
            /** Whether the caller is above them now; null where one of them is on the board no more. */
            isBehind: v.union(v.boolean(), v.null()),
          }),
        ),
        /** Null for somebody who is on the board no more. */
        pointsIfEndedNow: v.union(v.number(), v.null()),
      }),
      v.null(),
    ),
  }),
  handler: async (ctx, { gameId }) => {
    const { game } = await needGameView(ctx, gameId, undefined);
    const viewer = await viewerOf(ctx);
    const player = viewer && (await playerOf(ctx, game, viewer.userId));
    return { ...gameView(game), viewer: player && (await liveView(ctx, game, player)) };
  },
});

/**
 * What a completed game gave its players, in the order of its start, 25 a page unless told, at most 50; null for other
 * games. The answer is the same for everybody who may see the challenge. Refuses NOT_FOUND and INVALID_INPUT.
 */
export const results = publicQuery({
  args: { ...pageArgs, viewKey: v.optional(v.string()) },
  returns: v.union(
    v.object({
      page: v.array(
        v.object({
          position: v.number(),
          ...personFields,
          state: gameResultStateValidator,
          points: v.number(),
          lines: v.array(gameLineValidator),
        }),
      ),
      continueCursor: v.union(v.number(), v.null()),
    }),
    v.null(),
  ),
  handler: async (ctx, { gameId, viewKey, ...paging }) => {
    const { game } = await needGameView(ctx, gameId, viewKey);
    const page = needPage(paging);
    return game.status === "completed" ? await resultsPage(ctx, game, page) : null;
  },
});

/**
 * What starting a draft now would do: who plays with or against whom. Ask it once, not as a subscription: it reads the
 * board. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT, LIMIT_REACHED
 * (`players`) and CHALLENGE_FINAL.
 */
export const previewStart = viewerQuery({
  args: pageArgs,
  returns: v.object({
    players: v.number(),
    page: v.array(
      v.object({
        position: v.number(),
        rank: v.number(),
        totalPoints: v.number(),
        ...personFields,
        counterparts: v.array(v.object({ role: counterpartRoleValidator, ...personFields })),
      }),
    ),
    continueCursor: v.union(v.number(), v.null()),
  }),
  handler: async (ctx, { gameId, ...paging }) => {
    const found = await needGameAdmin(ctx, gameId);
    const page = needPage(paging);
    needStartable(found);
    return await startPage(ctx, found.game, page);
  },
});

/**
 * What ending an active game on the caller's day `today` would give its players, as things stand now. Ask it once, not
 * as a subscription. Refuses what `mutations/miniGames:end` refuses.
 */
export const previewEnd = viewerQuery({
  args: { ...pageArgs, today: v.string() },
  returns: v.object({
    players: v.number(),
    endsOn: v.string(),
    page: v.array(
      v.object({
        position: v.number(),
        ...personFields,
        /** Somebody who is on the board no more and gets nothing. */
        isSkipped: v.boolean(),
        points: v.number(),
        lines: v.array(gameLineValidator),
      }),
    ),
    continueCursor: v.union(v.number(), v.null()),
  }),
  handler: async (ctx, { gameId, today, ...paging }) => {
    const found = await needGameAdmin(ctx, gameId);
    const page = needPage(paging);
    const nowMs = need(instantOn(today, found.challenge.timezone));
    const endsOn = needEndable(found, nowMs);
    return { endsOn, ...(await settlementPage(ctx, { ...found.game, endsOn }, page)) };
  },
});

/**
 * How far the settlement or the reversal of a game is; null when none is under way. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT and NOT_CHALLENGE_ADMIN.
 */
export const progress = viewerQuery({
  args: { gameId: v.id("miniGames") },
  returns: v.union(
    v.object({
      phase: v.union(v.literal("measure"), v.literal("settle"), v.literal("reverse")),
      done: v.number(),
      players: v.number(),
      failures: v.number(),
    }),
    v.null(),
  ),
  handler: async (ctx, { gameId }) => {
    const { game } = await needGameAdmin(ctx, gameId);
    const work = await workOf(ctx, gameId);
    if (work === null) return null;
    const { phase, next, failures } = work;
    return { phase, done: next - 1, players: game.players, failures };
  },
});
