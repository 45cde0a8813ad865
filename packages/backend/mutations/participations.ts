import { v } from "convex/values";
import { internal } from "../_generated/api";
import { needNotFinal } from "../lib/challenges";
import { internalMutation, participantMutation } from "../lib/functions";
import * as participations from "../lib/participations";
import { countCall } from "../lib/rateLimits";

/**
 * Puts the caller on the boards of a challenge, or takes them off: they keep taking part, their points are counted and
 * their profile is shown, without a rank. It stays when they leave and come back. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT, RATE_LIMITED and CHALLENGE_FINAL.
 */
export const setRanked = participantMutation({
  args: { ranked: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { ranked }) => {
    await countCall(ctx, "setRanked", ctx.userId);
    needNotFinal(ctx.challenge);
    await participations.setRanked(ctx, ctx.participation, ranked);
    return null;
  },
});

/** Goes on with a person's new name in their further challenges, 100 at a time. */
export const renameMore = internalMutation({
  args: { userId: v.id("users"), cursor: v.string() },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    const { userId } = args;
    const cursor = await participations.renameParticipations(ctx, userId, args.cursor);
    const { renameMore: again } = internal.mutations.participations;
    if (cursor !== null) await ctx.scheduler.runAfter(0, again, { userId, cursor });
    return null;
  },
});
