import { v } from "convex/values";
import { internal } from "../_generated/api";
import { openChallengesAfter } from "../lib/challenges";
import { internalMutation } from "../lib/functions";
import { dueWalk, walkBatch } from "../lib/rankWalks";

const CHALLENGES_AT_ONCE = 50;

/**
 * Starts taking the ranks of every open challenge in whose zone a day has begun, and goes on with those that were
 * interrupted. As often as it runs, a challenge's ranks are taken once a day.
 *
 * @param cursor where the last batch of challenges ended
 */
export const startAll = internalMutation({
  args: { cursor: v.optional(v.string()) },
  returns: v.null(),
  handler: async (ctx, { cursor }): Promise<null> => {
    const nowMs = Date.now();
    const paging = { cursor: cursor ?? null, numItems: CHALLENGES_AT_ONCE };
    const { page, isDone, continueCursor } = await openChallengesAfter(ctx, paging);
    const { startAll: again, walk } = internal.mutations.rankWalks;
    for (const challenge of page) {
      const due = await dueWalk(ctx, challenge, nowMs);
      if (due !== null) await ctx.scheduler.runAfter(0, walk, due);
    }
    if (!isDone) await ctx.scheduler.runAfter(0, again, { cursor: continueCursor });
    return null;
  },
});

/** Takes the ranks of the next 100 people of a challenge; see `walkBatch`. */
export const walk = internalMutation({
  args: { challengeId: v.id("challenges"), day: v.string() },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    const hasMore = await walkBatch(ctx, args);
    if (hasMore) await ctx.scheduler.runAfter(0, internal.mutations.rankWalks.walk, args);
    return null;
  },
});
