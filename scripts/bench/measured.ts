import { makeFunctionReference, mutationGeneric, queryGeneric } from "convex/server";
import { v } from "convex/values";

/** A function of the backend by its name, with what it is given. */
const call = { name: v.string(), args: v.any() };

/** Calls a mutation; what its transaction read and wrote, nested components included. */
export const mutation = mutationGeneric({
  args: call,
  handler: async (ctx, { name, args }) => {
    const answer = await ctx.runMutation(makeFunctionReference<"mutation">(name), args);
    return { answer, metrics: await ctx.meta.getTransactionMetrics() };
  },
});

/** Asks a query; what it read. */
export const query = queryGeneric({
  args: call,
  handler: async (ctx, { name, args }) => {
    const answer = await ctx.runQuery(makeFunctionReference<"query">(name), args);
    return { answer, metrics: await ctx.meta.getTransactionMetrics() };
  },
});
