import { v } from "convex/values";
import { authenticateApiKey, touchApiKey } from "../lib/apiKeys";
import { correctStatus, noteLimited, noteRequest } from "../lib/apiRequests";
import { STATUS_BY_CODE } from "../lib/errors";
import { internalMutation } from "../lib/functions";
import { countApiCall, countFailedApiKey } from "../lib/rateLimits";
import { apiRequestValidator } from "../tables/apiKeys";

/** Where a request was noted. */
const notedValidator = v.object({ apiRequestId: v.id("apiRequests"), seq: v.number() });

/**
 * Who calls, by the API key they sent. It answers instead of refusing, because a refusal would roll back what it counted:
 * 120 calls a minute with a key, and 20 a minute with what is no valid key. A valid key is never stopped by the failures
 * of others. What was sent with a key, or with one that ended, is noted for its owner.
 */
export const authenticate = internalMutation({
  args: {
    /** null when what was sent is not written like a key. */
    sent: v.union(v.object({ keyId: v.string(), secretHash: v.string() }), v.null()),
    /** With the status it ends with when all goes well. */
    request: apiRequestValidator,
  },
  returns: v.union(
    v.object({
      status: v.literal("ok"),
      apiKeyId: v.id("apiKeys"),
      challengeId: v.id("challenges"),
      noted: notedValidator,
    }),
    v.object({ status: v.literal("unknown") }),
    v.object({ status: v.literal("limited"), retryAfterMs: v.number() }),
  ),
  handler: async (ctx, { sent, request }) => {
    const known = await authenticateApiKey(ctx, sent);
    if (known === null || !known.isLive) {
      const retryAfterMs = await countFailedApiKey(ctx, sent?.keyId ?? null);
      if (retryAfterMs > 0) return { status: "limited" as const, retryAfterMs };
      const status = STATUS_BY_CODE.NOT_SIGNED_IN;
      if (known !== null) await noteRequest(ctx, known.key, { ...request, status });
      return { status: "unknown" as const };
    }
    const { key } = known;
    const retryAfterMs = await countApiCall(ctx, key._id);
    if (retryAfterMs > 0) {
      await noteLimited(ctx, key, { ...request, status: STATUS_BY_CODE.RATE_LIMITED });
      return { status: "limited" as const, retryAfterMs };
    }
    await touchApiKey(ctx, key);
    const { _id: apiKeyId, challengeId } = key;
    const noted = await noteRequest(ctx, key, request);
    return { status: "ok" as const, apiKeyId, challengeId, noted };
  },
});

/** Says how a request ended that did not end as it was noted. */
export const correct = internalMutation({
  args: { noted: notedValidator, status: v.number() },
  returns: v.null(),
  handler: async (ctx, { noted, status }) => {
    await correctStatus(ctx, noted, status);
    return null;
  },
});
