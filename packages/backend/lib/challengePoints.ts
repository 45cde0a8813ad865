import type { Id } from "../_generated/dataModel";
import { activityPointsAggregate } from "./activityPointsAggregate";
import type { ReadCtx } from "./tableOwners";

type SumCtx = Pick<ReadCtx, "runQuery" | "meta" | "db">;

/**
 * The points of several people in a challenge, in their order, from one batched read of the aggregate; from their
 * standings while it is being built. A person without rows has 0.
 *
 * @param userIds at most 50: each costs about 16 reads where people have 100 of a million activities
 */
export async function totalsOf(
  ctx: SumCtx,
  challengeId: Id<"challenges">,
  userIds: ReadonlyArray<Id<"users">>,
): Promise<number[]> {
  if (userIds.length === 0) return [];
  const challenge = await ctx.db.get("challenges", challengeId);
  if (challenge?.aggregateState !== "ready") return await storedTotals(ctx, challengeId, userIds);
  const bounds = userIds.map((userId) => ({
    namespace: challengeId,
    bounds: { prefix: [userId] as [Id<"users">] },
  }));
  return await activityPointsAggregate.sumBatch(ctx, bounds);
}

/** The points of one person in a challenge: the sum of their live activity rows. */
export async function totalOf(
  ctx: SumCtx,
  challengeId: Id<"challenges">,
  userId: Id<"users">,
): Promise<number> {
  const [total = 0] = await totalsOf(ctx, challengeId, [userId]);
  return total;
}

async function storedTotals(
  ctx: SumCtx,
  challengeId: Id<"challenges">,
  userIds: ReadonlyArray<Id<"users">>,
): Promise<number[]> {
  const totals = [];
  for (const userId of userIds) {
    const standing = await ctx.db
      .query("standings")
      .withIndex("by_challengeId_and_userId", (q) =>
        q.eq("challengeId", challengeId).eq("userId", userId),
      )
      .first();
    totals.push(standing?.totalPoints ?? 0);
  }
  return totals;
}
