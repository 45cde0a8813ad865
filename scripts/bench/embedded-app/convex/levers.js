// Ways to keep the points of a challenge, each with the same rows: what `npm run scale` compares.
import { DirectAggregate } from "@convex-dev/aggregate";
import {
  componentsGeneric,
  mutationGeneric as mutation,
  queryGeneric as query,
} from "convex/server";
import { v } from "convex/values";

const trees = new DirectAggregate(componentsGeneric().points);

/** trees: how many the people of the challenge are spread over; 0: one each; null: none, only stored totals. */
const lever = v.object({
  name: v.string(),
  nodeSize: v.number(),
  trees: v.union(v.number(), v.null()),
});
const row = v.object({ id: v.string(), user: v.number(), points: v.number() });

const treeOf = ({ name, trees: count }, user) =>
  count === 0 ? [name, "person", user] : [name, "group", user % count];

async function addRow(ctx, way, { id, user, points }) {
  if (way.trees !== null) {
    const item = { namespace: treeOf(way, user), key: [user, id], id, sumValue: points };
    await trees.insert(ctx, item);
    return;
  }
  const total = await ctx.db
    .query("totals")
    .withIndex("by_name_and_user", (q) => q.eq("name", way.name).eq("user", user))
    .unique();
  if (total === null) await ctx.db.insert("totals", { name: way.name, user, points });
  else await ctx.db.patch(total._id, { points: total.points + points });
}

/** Empty trees of the node size. */
export const setUp = mutation({
  args: { lever },
  returns: v.null(),
  handler: async (ctx, { lever: way }) => {
    for (let group = 0; group < (way.trees ?? 0); group++) {
      const namespace = treeOf(way, group);
      await trees.clear(ctx, { namespace, maxNodeSize: way.nodeSize, rootLazy: true });
    }
    return null;
  },
});

/** Rows in one transaction. */
export const add = mutation({
  args: { lever, rows: v.array(row) },
  returns: v.null(),
  handler: async (ctx, { lever: way, rows }) => {
    for (const one of rows) await addRow(ctx, way, one);
    return null;
  },
});

/** What a page of a board reads of the people's points. */
export const page = query({
  args: { lever, users: v.array(v.number()) },
  returns: v.array(v.number()),
  handler: async (ctx, { lever: way, users }) => {
    if (way.trees !== null) {
      const sums = users.map((user) => ({
        namespace: treeOf(way, user),
        bounds: { prefix: [user] },
      }));
      return await trees.sumBatch(ctx, sums);
    }
    const best = await ctx.db
      .query("totals")
      .withIndex("by_name_and_points", (q) => q.eq("name", way.name))
      .order("desc")
      .take(users.length);
    return best.map(({ points }) => points);
  },
});
