import type { Infer } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { moderationActionValidator, Undo } from "../tables/moderation";
import type { ChallengeAdmin } from "./access";
import { eraseRows, openTable, type WriteCtx } from "./tableOwners";

/** Writes down what an organiser decided, in the transaction it happens in; answers the entry. */
export async function record(
  ctx: WriteCtx,
  admin: ChallengeAdmin,
  decision: {
    challengeId: Id<"challenges">;
    action: Infer<typeof moderationActionValidator>;
    userId: Id<"users">;
    activityId?: Id<"activities">;
    note?: string;
    undo?: Undo;
    undoes?: Id<"moderationLog">;
  },
): Promise<Id<"moderationLog">> {
  const entry = { actorId: admin.userId, ...decision, at: Date.now() };
  return await openTable(ctx, "moderationLog").insert(entry);
}

/** Deletes the log of a challenge, at most `limit` entries; answers how many. */
export async function eraseLog(
  ctx: WriteCtx,
  { challengeId }: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const entries = await ctx.db
    .query("moderationLog")
    .withIndex("by_challengeId_and_at", (q) => q.eq("challengeId", challengeId))
    .take(limit);
  return await eraseRows(openTable(ctx, "moderationLog"), entries);
}

/** Takes the words out of what was decided about a person, at most `limit` entries; answers how many. */
export async function eraseLogWords(
  ctx: WriteCtx,
  { userId }: { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const worded = await ctx.db
    .query("moderationLog")
    .withIndex("by_userId_and_note", (q) => q.eq("userId", userId).gt("note", undefined))
    .take(limit);
  const table = openTable(ctx, "moderationLog");
  for (const { _id } of worded) await table.patch(_id, { note: undefined });
  return worded.length;
}
