import { v } from "convex/values";
import { needParticipant } from "../lib/access";
import { apiKeysOf } from "../lib/apiKeys";
import { viewerQuery } from "../lib/functions";
import { scopeValidator } from "../tables/apiKeys";

/**
 * The caller's keys to the HTTP API in a challenge, newest first: every one that was not revoked, and the 50 that were
 * revoked last. What a key's text was, nobody can tell any more. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT.
 */
export const list = viewerQuery({
  args: { challengeId: v.id("challenges") },
  returns: v.array(
    v.object({
      apiKeyId: v.id("apiKeys"),
      keyId: v.string(),
      last4: v.string(),
      name: v.string(),
      scopes: v.array(scopeValidator),
      /** UTC ms. */
      createdAt: v.number(),
      expiresAt: v.optional(v.number()),
      revokedAt: v.optional(v.number()),
      /** UTC ms, to 5 minutes. */
      lastUsedAt: v.optional(v.number()),
    }),
  ),
  handler: async (ctx, { challengeId }) => {
    if (!ctx.person.isPlatformAdmin) await needParticipant(ctx, challengeId);
    const keys = await apiKeysOf(ctx, { challengeId, userId: ctx.userId });
    return keys.map((key) => ({
      apiKeyId: key._id,
      keyId: key.keyId,
      last4: key.last4,
      name: key.name,
      scopes: key.scopes,
      createdAt: key._creationTime,
      expiresAt: key.expiresAt,
      revokedAt: key.revokedAt,
      lastUsedAt: key.lastUsedAt,
    }));
  },
});
