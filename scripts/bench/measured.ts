import { mutationGeneric, queryGeneric } from "convex/server";
import { v } from "convex/values";
import { api } from "./_generated/api";

/** The log of the backend, and what its transaction read and wrote, nested components included. */
export const log = mutationGeneric({
  args: { call: v.any() },
  handler: async (ctx, { call }) => {
    const answer = await ctx.runMutation(api.mutations.activities.log, call);
    return { activityId: answer.activityId, metrics: await ctx.meta.getTransactionMetrics() };
  },
});

/** A board page, and what reading it cost. */
export const page = queryGeneric({
  args: { call: v.any() },
  handler: async (ctx, { call }) => {
    await ctx.runQuery(api.queries.leaderboards.page, call);
    return await ctx.meta.getTransactionMetrics();
  },
});
