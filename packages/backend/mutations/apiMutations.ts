import { v } from "convex/values";
import { authenticateApiKey, touchApiKey } from "../lib/apiKeys";
import { apiMutation, internalMutation } from "../lib/functions";
import { countApiCall, countFailedApiKey } from "../lib/rateLimits";
import * as activities from "./activities";
import * as imports from "./imports";

/**
 * Who calls, by the API key they sent. It answers instead of refusing, because a refusal would roll back what it counted:
 * 120 calls a minute with a key, and 20 a minute with what is no valid key. A valid key is never stopped by the failures
 * of others.
 */
export const authenticate = internalMutation({
  args: {
    /** null when what was sent is not written like a key. */
    sent: v.union(v.object({ keyId: v.string(), secretHash: v.string() }), v.null()),
  },
  returns: v.union(
    v.object({
      status: v.literal("ok"),
      apiKeyId: v.id("apiKeys"),
      challengeId: v.id("challenges"),
    }),
    v.object({ status: v.literal("unknown") }),
    v.object({ status: v.literal("limited"), retryAfterMs: v.number() }),
  ),
  handler: async (ctx, { sent }) => {
    const key = await authenticateApiKey(ctx, sent);
    const retryAfterMs =
      key === null
        ? await countFailedApiKey(ctx, sent?.keyId ?? null)
        : await countApiCall(ctx, key._id);
    if (retryAfterMs > 0) return { status: "limited" as const, retryAfterMs };
    if (key === null) return { status: "unknown" as const };
    await touchApiKey(ctx, key);
    return { status: "ok" as const, apiKeyId: key._id, challengeId: key.challengeId };
  },
});

/** `mutations/activities:log` by key. On one's own account with the scope `log`, for others with `admin`. */
export const logActivity = apiMutation(activities.log, "log", "admin");
/** `mutations/activities:edit` by key. */
export const editActivity = apiMutation(activities.edit, "log", "admin");
/** `mutations/activities:remove` by key. */
export const removeActivity = apiMutation(activities.remove, "log", "admin");
/** `mutations/activities:restore` by key. */
export const restoreActivity = apiMutation(activities.restore, "log", "admin");
/** `mutations/imports:importActivities` by key. */
export const importActivities = apiMutation(imports.importActivities, "log", "admin");
