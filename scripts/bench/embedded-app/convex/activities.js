// The workload of the embedded deployment's figures: rows with an index by user, and one sum of them by an aggregate.
import { TableAggregate } from "@convex-dev/aggregate";
import {
  componentsGeneric,
  mutationGeneric as mutation,
  queryGeneric as query,
} from "convex/server";
import { v } from "convex/values";

const points = new TableAggregate(componentsGeneric().points, {
  namespace: (row) => row.challenge,
  sortKey: (row) => [row.user, row._id],
  sumValue: (row) => row.points,
});

const row = { challenge: v.string(), user: v.string(), points: v.number() };

async function insertCounted(ctx, fields) {
  const _id = await ctx.db.insert("activities", fields);
  await points.insert(ctx, { ...fields, _id });
}

/** A row and its share of the sum. */
export const log = mutation({
  args: row,
  returns: v.null(),
  handler: async (ctx, args) => {
    await insertCounted(ctx, args);
    return null;
  },
});

/** A row alone. */
export const plain = mutation({
  args: row,
  returns: v.null(),
  handler: async (ctx, args) => {
    await ctx.db.insert("activities", args);
    return null;
  },
});

/** Many rows in one transaction. */
export const load = mutation({
  args: { rows: v.array(v.object(row)) },
  returns: v.null(),
  handler: async (ctx, { rows }) => {
    for (const fields of rows) await insertCounted(ctx, fields);
    return null;
  },
});

const sums = (ctx, { challenge, users }) =>
  points.sumBatch(
    ctx,
    users.map((user) => ({ namespace: challenge, bounds: { prefix: [user] } })),
  );

/** The sums of users, in their order. */
export const sumBatch = query({
  args: { challenge: v.string(), users: v.array(v.string()) },
  returns: v.array(v.number()),
  handler: sums,
});

/** How many documents `sumBatch` reads. */
export const sumBatchReads = query({
  args: { challenge: v.string(), users: v.array(v.string()) },
  returns: v.number(),
  handler: async (ctx, args) => {
    await sums(ctx, args);
    return (await ctx.meta.getTransactionMetrics()).documentsRead.used;
  },
});

/** The newest ten rows of a user. */
export const recent = query({
  args: { user: v.string() },
  handler: async (ctx, { user }) =>
    await ctx.db
      .query("activities")
      .withIndex("by_user", (q) => q.eq("user", user))
      .order("desc")
      .take(10),
});

/** How many rows the aggregate counts. */
export const count = query({
  args: { challenge: v.string() },
  returns: v.number(),
  handler: async (ctx, { challenge }) => await points.count(ctx, { namespace: challenge }),
});
