import { v } from "convex/values";
import { createApiKey, revokeApiKey } from "../lib/apiKeys";
import { viewerMutation } from "../lib/functions";
import { scopeValidator } from "../tables/apiKeys";

/**
 * Makes a key to the HTTP API that acts as the caller in one challenge. `key` is its text, which is shown this once and
 * kept by nobody; a repeated call makes another key, as remembering the answer would keep the text. Participants make
 * keys with the scopes `read` and `log`, admins with `admin` too. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT,
 * NOT_CHALLENGE_ADMIN, RATE_LIMITED, INVALID_INPUT and LIMIT_REACHED (`apiKeys`, 20 live ones a person and challenge).
 */
export const create = viewerMutation({
  args: {
    challengeId: v.id("challenges"),
    name: v.string(),
    scopes: v.array(scopeValidator),
    /** UTC ms, at most 366 days ahead. */
    expiresAt: v.optional(v.number()),
  },
  returns: v.object({
    apiKeyId: v.id("apiKeys"),
    keyId: v.string(),
    key: v.string(),
    last4: v.string(),
  }),
  handler: async (ctx, wish) => await createApiKey(ctx, wish),
});

/**
 * Ends a key: its next call is refused. One's own keys, or any of a challenge for its admins; ending one twice is ending
 * it once. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export const revoke = viewerMutation({
  args: { apiKeyId: v.id("apiKeys") },
  returns: v.null(),
  handler: async (ctx, { apiKeyId }) => {
    await revokeApiKey(ctx, apiKeyId);
    return null;
  },
});
