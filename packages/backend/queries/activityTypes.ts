import { v } from "convex/values";
import { needMemberView } from "../lib/access";
import { refuse } from "../lib/errors";
import { activityTypesOf, ruleOf } from "../lib/activityTypes";
import { publicQuery } from "../lib/functions";
import { ruleFields } from "../tables/scoring";

/** The activity types of a challenge with their current rules, by name. Refuses NOT_FOUND. */
export const list = publicQuery({
  args: { challengeId: v.id("challenges"), viewKey: v.optional(v.string()) },
  returns: v.array(
    v.object({
      activityTypeId: v.id("activityTypes"),
      name: v.string(),
      catalogueKey: v.optional(v.string()),
      version: v.number(),
      isRetired: v.optional(v.literal(true)),
      ...ruleFields,
    }),
  ),
  handler: async (ctx, { challengeId, viewKey }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const types = await activityTypesOf(ctx, challengeId);
    return types.map((type) => ({
      activityTypeId: type._id,
      name: type.name,
      catalogueKey: type.catalogueKey,
      version: type.version,
      isRetired: type.isRetired,
      ...ruleOf(type),
    }));
  },
});

/** Versions of one rule that are listed. */
const MAX_VERSIONS = 50;

/**
 * The rules an activity type has had, newest first, at most 50, for everybody who may see its challenge. Refuses
 * NOT_FOUND.
 */
export const versions = publicQuery({
  args: { activityTypeId: v.id("activityTypes"), viewKey: v.optional(v.string()) },
  returns: v.array(
    v.object({
      version: v.number(),
      /** UTC ms from which new activities were scored by it. */
      since: v.number(),
      ...ruleFields,
    }),
  ),
  handler: async (ctx, { activityTypeId, viewKey }) => {
    const type = await ctx.db.get("activityTypes", activityTypeId);
    if (type === null) return refuse({ code: "NOT_FOUND", what: "activityType" });
    await needMemberView(ctx, type.challengeId, viewKey, "activityType");
    const rows = await ctx.db
      .query("activityTypeVersions")
      .withIndex("by_activityTypeId_and_version", (q) => q.eq("activityTypeId", activityTypeId))
      .order("desc")
      .take(MAX_VERSIONS);
    return rows.map((row) => ({ version: row.version, since: row._creationTime, ...ruleOf(row) }));
  },
});
