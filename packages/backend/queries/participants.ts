import { v } from "convex/values";
import { needMemberView } from "../lib/access";
import { displayNameOf } from "../lib/displayNames";
import { need, refuse } from "../lib/errors";
import { publicQuery } from "../lib/functions";
import { participantsByName } from "../lib/participations";
import { MAX_DISPLAY_NAME_LENGTH } from "../lib/people";
import { checkPageSize } from "../lib/rules/pages";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 50;

/**
 * People who take part in a challenge and whose display name begins with `prefix`, by name: the first `limit` (20
 * unless told, at most 50). Capitals and accents do not matter, and an empty prefix begins every name. People who left
 * are not among them; those who are on no board by their own wish are. Refuses NOT_FOUND and INVALID_INPUT.
 */
export const search = publicQuery({
  args: {
    challengeId: v.id("challenges"),
    viewKey: v.optional(v.string()),
    prefix: v.string(),
    limit: v.optional(v.number()),
  },
  returns: v.array(
    v.object({ userId: v.id("users"), displayName: v.string(), isRanked: v.boolean() }),
  ),
  handler: async (ctx, { challengeId, viewKey, prefix, limit = DEFAULT_LIMIT }) => {
    await needMemberView(ctx, challengeId, viewKey);
    need(checkPageSize("limit", limit, MAX_LIMIT));
    if (prefix.length > 2 * MAX_DISPLAY_NAME_LENGTH) {
      const problem = `must be at most ${2 * MAX_DISPLAY_NAME_LENGTH} characters`;
      return refuse({ code: "INVALID_INPUT", path: "prefix", problem });
    }
    const found = await participantsByName(ctx, challengeId, { prefix, limit });
    return await Promise.all(
      found.map(async ({ userId, isUnranked }) => ({
        userId,
        displayName: await displayNameOf(ctx, userId),
        isRanked: isUnranked !== true,
      })),
    );
  },
});
