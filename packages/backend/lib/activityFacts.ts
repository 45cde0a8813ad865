import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { sourceValidator } from "../tables/activities";
import { metricsValidator } from "../tables/scoring";
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

/** An activity as its person and the organisers may see it. */
export async function activityFactsOf(ctx: ReadCtx, row: Doc<"activities">) {
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
