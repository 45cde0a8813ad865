import { v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { heldRowValidator, heldSourceValidator } from "../tables/moderation";
import { activityFactsOf, activityFactsValidator } from "./activityFacts";
import type { ReadCtx } from "./tableOwners";

/** What somebody needs to know of a row that is held to decide about it. */
export const heldFactsValidator = v.object({
  heldId: v.id("heldActivities"),
  source: heldSourceValidator,
  row: heldRowValidator,
  /** UTC ms. */
  at: v.number(),
  /** The activity it looks like. */
  twin: v.union(activityFactsValidator, v.null()),
});

/** A row that waits for a decision, with the activity it looks like; null once it is discarded. */
export async function heldFactsOf(
  ctx: ReadCtx & { userId: Id<"users"> },
  { _id: heldId, source, row, at, twinId }: Doc<"heldActivities">,
) {
  if (row === null) return null;
  const twin = await ctx.db.get("activities", twinId);
  return { heldId, source, row, at, twin: twin && (await activityFactsOf(ctx, twin)) };
}
