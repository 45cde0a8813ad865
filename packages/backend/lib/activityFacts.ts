import { v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { sourceValidator } from "../tables/activities";
import { metricsValidator } from "../tables/scoring";
import { shownTo } from "./shownRow";
import type { ReadCtx } from "./tableOwners";

/** What somebody needs to know of an activity to judge it. */
export const activityFactsValidator = v.object({
  activityId: v.id("activities"),
  typeName: v.string(),
  source: sourceValidator,
  loggedDate: v.union(v.string(), v.null()),
  metrics: metricsValidator,
  title: v.optional(v.string()),
  pointsEarned: v.number(),
  isDeleted: v.boolean(),
});

/** An activity as this viewer, its person or an organiser, may see it. */
export async function activityFactsOf(
  ctx: ReadCtx & { userId: Id<"users"> },
  stored: Doc<"activities">,
) {
  const row = shownTo(ctx.userId, stored);
  const type = row.activityTypeId && (await ctx.db.get("activityTypes", row.activityTypeId));
  const { _id: activityId, source, loggedDate, metrics, title, pointsEarned } = row;
  return {
    activityId,
    typeName: type?.name ?? row.breakdown[0]?.label ?? "",
    source,
    loggedDate,
    metrics,
    title,
    pointsEarned,
    isDeleted: row.deletedAt !== undefined,
  };
}
