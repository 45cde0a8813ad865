import type { Doc } from "../_generated/dataModel";
import type { ReadCtx } from "./tableOwners";

/** The key with this public part; null when there is none. */
export async function apiKeyOf(ctx: ReadCtx, keyId: string): Promise<Doc<"apiKeys"> | null> {
  return await ctx.db
    .query("apiKeys")
    .withIndex("by_keyId", (q) => q.eq("keyId", keyId))
    .unique();
}
