import { v } from "convex/values";
import { internalMutation } from "../lib/functions";
import { runDueGame, scheduleDueGames } from "../lib/games";
import { doPlayer, resumeWork, runStep } from "../lib/gameSteps";
import { resumeSnapshots } from "../lib/snapshots";

/** Work nothing was heard of for this long is taken for lost: a step or a batch takes a second. */
const LOST_AFTER_MS = 5 * 60_000;

const stepArgs = {
  gameId: v.id("miniGames"),
  phase: v.union(v.literal("measure"), v.literal("settle"), v.literal("reverse")),
};

/** One step of a game's settlement or reversal, which schedules the next; see `runStep`. */
export const step = internalMutation({
  args: { ...stepArgs, next: v.number() },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    await runStep(ctx, args);
    return null;
  },
});

/** Settles or reverses one player; see `doPlayer`. */
export const player = internalMutation({
  args: { ...stepArgs, position: v.number() },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    await doPlayer(ctx, args);
    return null;
  },
});

/** Starts or ends one game whose time has come; see `runDueGame`. */
export const due = internalMutation({
  args: { gameId: v.id("miniGames") },
  returns: v.null(),
  handler: async (ctx, { gameId }): Promise<null> => {
    const game = await ctx.db.get("miniGames", gameId);
    if (game !== null) await runDueGame(ctx, game);
    return null;
  },
});

/** What the clock asks for: games that are due, however late this runs, and work that was lost on the way. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const now = Date.now();
    await scheduleDueGames(ctx, now);
    await resumeSnapshots(ctx, now - LOST_AFTER_MS);
    await resumeWork(ctx, now - LOST_AFTER_MS);
    return null;
  },
});
