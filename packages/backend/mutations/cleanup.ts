import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../lib/functions";
import { pruneExpired } from "../lib/idempotency";
import { pruneNotifications as pruneOld } from "../lib/notifications";

const BATCH = 500;

/** Deletes remembered answers of point-moving calls older than seven days, in batches, until none is left. */
export const pruneIdempotencyKeys = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    if ((await pruneExpired(ctx, BATCH)) === BATCH) {
      await ctx.scheduler.runAfter(0, internal.mutations.cleanup.pruneIdempotencyKeys, {});
    }
    return null;
  },
});

/** Deletes notifications older than 90 days, in batches, until none is left. */
export const pruneNotifications = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    if ((await pruneOld(ctx, BATCH)) === BATCH) {
      await ctx.scheduler.runAfter(0, internal.mutations.cleanup.pruneNotifications, {});
    }
    return null;
  },
});
