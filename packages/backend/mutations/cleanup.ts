import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../lib/functions";
import { pruneExpired } from "../lib/idempotency";

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
