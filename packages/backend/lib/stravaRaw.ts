import type { Doc, Id } from "../_generated/dataModel";
import { sealActivity } from "./pointLedger";
import { dropHeldOfStrava } from "./heldActivities";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/** How long Strava lets its data be kept before it is fetched anew. */
export const RAW_LIFETIME_MS = 7 * 24 * 60 * 60_000;

async function rawRowOf(ctx: ReadCtx, activityId: Id<"activities">) {
  return await ctx.db
    .query("stravaRawRows")
    .withIndex("by_activityId", (q) => q.eq("activityId", activityId))
    .unique();
}

/** Notes that a row's raw fields were fetched just now. */
export async function rawFetched(ctx: WriteCtx, activity: Doc<"activities">): Promise<void> {
  const rawExpiresAt = Date.now() + RAW_LIFETIME_MS;
  const known = await rawRowOf(ctx, activity._id);
  const { challengeId } = activity;
  const rows = openTable(ctx, "stravaRawRows");
  if (known === null) await rows.insert({ activityId: activity._id, challengeId, rawExpiresAt });
  else await rows.patch(known._id, { rawExpiresAt });
}

/** Erases the raw fields of a row of Strava by sealing it; what it counts stays. */
export async function eraseRaw(ctx: WriteCtx, activity: Doc<"activities">): Promise<void> {
  await sealActivity(ctx, { activity });
  const known = await rawRowOf(ctx, activity._id);
  if (known !== null) await openTable(ctx, "stravaRawRows").delete(known._id);
}

/**
 * Erases raw fields that may not be kept any longer, and rows that were held for as long, at most `limit` of each; answers
 * the larger number.
 */
export async function eraseExpired(ctx: WriteCtx, limit: number): Promise<number> {
  const expired = await ctx.db
    .query("stravaRawRows")
    .withIndex("by_rawExpiresAt", (q) => q.lte("rawExpiresAt", Date.now()))
    .take(limit);
  for (const row of expired) {
    const activity = await ctx.db.get("activities", row.activityId);
    if (activity === null) await openTable(ctx, "stravaRawRows").delete(row._id);
    else await eraseRaw(ctx, activity);
  }
  const before = Date.now() - RAW_LIFETIME_MS;
  return Math.max(expired.length, await dropHeldOfStrava(ctx, { before }, limit));
}

/** Forgets until when the raw fields of a row could be kept: the row is deleted. */
export async function forgetRaw(ctx: WriteCtx, activityId: Id<"activities">): Promise<void> {
  const known = await rawRowOf(ctx, activityId);
  if (known !== null) await eraseRows(openTable(ctx, "stravaRawRows"), [known]);
}
