import { v } from "convex/values";
import { internalQuery } from "../lib/functions";
import { isCallbackPath } from "../lib/stravaInbox";
import { sealedRowOf } from "../lib/stravaRescores";
import { challengesFor as findChallenges, knownBetween as findKnown } from "../lib/stravaApply";

/** The challenges an activity may have to do with; `day` null when it is gone. */
export const challengesFor = internalQuery({
  args: { userId: v.id("users"), externalId: v.string(), day: v.union(v.string(), v.null()) },
  returns: v.array(v.id("challenges")),
  handler: async (ctx, { userId, ...activity }) => await findChallenges(ctx, userId, activity),
});

/** The challenges that overlap some days, and Strava's ids of the live rows of `compared` days. */
export const knownBetween = internalQuery({
  args: {
    userId: v.id("users"),
    first: v.string(),
    last: v.string(),
    compared: v.object({ first: v.string(), last: v.string() }),
  },
  returns: v.object({
    challengeIds: v.array(v.id("challenges")),
    externalIds: v.array(v.string()),
  }),
  handler: async (ctx, { userId, first, last, compared }) => {
    const { challengeIds } = await findKnown(ctx, userId, { first, last });
    const { externalIds } = await findKnown(ctx, userId, compared);
    return { challengeIds, externalIds };
  },
});

/** Whether a secret is the one in the path of the webhook's callback. */
export const isCallback = internalQuery({
  args: { secret: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { secret }) => await isCallbackPath(ctx, secret),
});

/** Strava's id of the sealed row a task is about; null when there is nothing to fetch it for any more. */
export const sealedRow = internalQuery({
  args: { objectId: v.string() },
  returns: v.union(v.string(), v.null()),
  handler: async (ctx, { objectId }) => await sealedRowOf(ctx, objectId),
});
