import { v } from "convex/values";
import { need } from "../lib/errors";
import { challengeAdminMutation, viewerMutation } from "../lib/functions";
import { needGameAdmin } from "../lib/gameAccess";
import * as games from "../lib/games";
import { beginWork } from "../lib/gameSteps";
import { remembered } from "../lib/idempotency";
import { record } from "../lib/moderationLog";
import { checkReason } from "../lib/rules/reasons";
import { gameWishValidator } from "../tables/games";

const gameArgs = { gameId: v.id("miniGames") };

/**
 * Makes a draft of a mini-game, which starts by itself when its first day begins in the challenge's zone. Left-out
 * settings: sharePercent 10, catchPoints 75, caughtPoints 25, recordPoints 100. The same requestId again answers the first
 * game. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT, LIMIT_REACHED
 * (`gamesPerChallenge`), IDEMPOTENCY_MISMATCH and CHALLENGE_FINAL.
 */
export const create = challengeAdminMutation({
  args: {
    name: v.string(),
    startsOn: v.string(),
    endsOn: v.string(),
    settings: gameWishValidator,
    requestId: v.optional(v.string()),
  },
  returns: v.object({ gameId: v.id("miniGames") }),
  handler: async (ctx, args) => {
    const { name, startsOn, endsOn, settings, requestId } = args;
    const fn = "mutations/miniGames:create";
    const call = { actorKey: ctx.userId, requestId, fn, args };
    const { result } = await remembered(ctx, call, async () => {
      const draft = { name, startsOn, endsOn, settings };
      return { gameId: await games.createGame(ctx, ctx.challenge, draft) };
    });
    return result;
  },
});

/** Changes a draft; what is left out stays. Refuses like `create`, and INVALID_INPUT once it has started. */
export const update = viewerMutation({
  args: {
    ...gameArgs,
    name: v.optional(v.string()),
    startsOn: v.optional(v.string()),
    endsOn: v.optional(v.string()),
    settings: v.optional(gameWishValidator),
  },
  returns: v.null(),
  handler: async (ctx, { gameId, ...change }) => {
    await games.updateGame(ctx, await needGameAdmin(ctx, gameId), change);
    return null;
  },
});

/**
 * Starts a draft now: everybody on the board plays, as they stand. It is active within seconds. Refuses the roles like
 * `create`, INVALID_INPUT once it has started or its days are over, LIMIT_REACHED (`players`) and CHALLENGE_FINAL.
 */
export const start = viewerMutation({
  args: gameArgs,
  returns: v.null(),
  handler: async (ctx, { gameId }) => {
    await games.startGame(ctx, await needGameAdmin(ctx, gameId));
    return null;
  },
});

/**
 * Ends an active game now and settles it; today becomes its last day if it would have gone on. Of a game that was
 * completed in the last 48 hours with `failures`, those players are tried again. Refuses the roles like `create`,
 * INVALID_INPUT for other games and before their first day, and CHALLENGE_FINAL.
 */
export const end = viewerMutation({
  args: gameArgs,
  returns: v.null(),
  handler: async (ctx, { gameId }) => {
    const isRetried = await games.endGame(ctx, await needGameAdmin(ctx, gameId));
    if (isRetried) await beginWork(ctx, gameId, "settle");
    return null;
  },
});

/**
 * Cancels a game before it is completed; what it has given is taken back. Refuses the roles like `create`,
 * INVALID_INPUT afterwards, and CHALLENGE_FINAL where points would have to be taken back.
 */
export const cancel = viewerMutation({
  args: gameArgs,
  returns: v.null(),
  handler: async (ctx, { gameId }) => {
    const isPaid = await games.cancelGame(ctx, await needGameAdmin(ctx, gameId));
    if (isPaid) await beginWork(ctx, gameId, "reverse");
    return null;
  },
});

/**
 * Takes a completed game back within 48 hours: its points go, player by player; one that was cancelled with `failures` is
 * tried again. It is written down with the reason. Refuses the roles like `create`, INVALID_INPUT for other games, later
 * and for an empty reason, and CHALLENGE_FINAL.
 */
export const reverse = viewerMutation({
  args: { ...gameArgs, reason: v.optional(v.string()) },
  returns: v.null(),
  handler: async (ctx, { gameId, reason }) => {
    const { admin, ...found } = await needGameAdmin(ctx, gameId);
    const why = reason === undefined ? "" : `: ${need(checkReason(reason))}`;
    await games.reverseGame(ctx, found);
    await beginWork(ctx, gameId, "reverse");
    const { name, challengeId } = found.game;
    const entry = { challengeId, action: "gameReversed", userId: ctx.userId } as const;
    await record(ctx, admin, { ...entry, note: `${name}${why}` });
    return null;
  },
});
