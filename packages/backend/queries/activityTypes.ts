import { v } from "convex/values";
import { needMemberView } from "../lib/access";
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
      ...ruleOf(type),
    }));
  },
});
