// What people write first: all activities are read and added up, each time. Kept simple on purpose; nothing here is the
// product's.
import { type GenericQueryCtx, queryGeneric } from "convex/server";
import { type Infer, v } from "convex/values";
import type { DataModel, Id } from "./_generated/dataModel";

type Ctx = GenericQueryCtx<DataModel>;
/** `nonce` makes each question one that nobody asked before, so that no kept answer is given. */
const args = { challengeId: v.id("challenges"), nonce: v.number() };
const PAGE = 25;

const daysValidator = v.union(v.object({ from: v.string(), to: v.string() }), v.null());
type Days = Infer<typeof daysValidator>;

async function totals(ctx: Ctx, challengeId: Id<"challenges">, days: Days) {
  const rows = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) => q.eq("challengeId", challengeId))
    .collect();
  const sums = new Map<Id<"users">, number>();
  for (const { userId, pointsEarned, deletedAt, loggedDate } of rows) {
    const day = loggedDate ?? "";
    const isInDays = days === null || (day >= days.from && day <= days.to);
    if (deletedAt === undefined && isInDays)
      sums.set(userId, (sums.get(userId) ?? 0) + pointsEarned);
  }
  return sums;
}

/** The totals of the best 25, of some days where they are given. */
export const board = queryGeneric({
  args: { ...args, days: daysValidator },
  handler: async (ctx: Ctx, { challengeId, days }) => {
    const sums = await totals(ctx, challengeId, days);
    return [...sums.values()].sort((a, b) => b - a).slice(0, PAGE);
  },
});

/** How many have more than a person, and one. */
export const rank = queryGeneric({
  args: { ...args, userId: v.id("users") },
  handler: async (ctx: Ctx, { challengeId, userId }) => {
    const sums = await totals(ctx, challengeId, null);
    const own = sums.get(userId) ?? 0;
    return 1 + [...sums.values()].filter((points) => points > own).length;
  },
});

/** A person's points. */
export const total = queryGeneric({
  args: { ...args, userId: v.id("users") },
  handler: async (ctx: Ctx, { challengeId, userId }) => {
    const rows = await ctx.db
      .query("activities")
      .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
        q.eq("challengeId", challengeId).eq("userId", userId),
      )
      .collect();
    const live = rows.filter(({ deletedAt }) => deletedAt === undefined);
    return live.reduce((sum, { pointsEarned }) => sum + pointsEarned, 0);
  },
});
