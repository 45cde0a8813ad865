import type { Infer } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { moderationActionValidator } from "../tables/moderation";
import type { ChallengeAdmin } from "./access";
import { openTable, type WriteCtx } from "./tableOwners";

/** Writes down what an organiser decided, in the transaction it happens in. */
export async function record(
  ctx: WriteCtx,
  admin: ChallengeAdmin,
  decision: {
    challengeId: Id<"challenges">;
    action: Infer<typeof moderationActionValidator>;
    userId: Id<"users">;
    activityId?: Id<"activities">;
    note?: string;
  },
): Promise<void> {
  const entry = { actorId: admin.userId, ...decision, at: Date.now() };
  await openTable(ctx, "moderationLog").insert(entry);
}
