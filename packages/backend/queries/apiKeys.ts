import { v } from "convex/values";
import { needParticipant } from "../lib/access";
import { apiKeysOf } from "../lib/apiKeys";
import { requestsOf } from "../lib/apiRequests";
import { refuse } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { apiRequestValidator, scopeValidator } from "../tables/apiKeys";

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

/**
 * The last 100 requests of a key of the caller's, newest first, also those that were refused: over the limit (one a minute)
 * and after the key had ended as well. Refuses NOT_SIGNED_IN, NOT_FOUND (also for keys of others) and NOT_PARTICIPANT.
 */
export const requests = viewerQuery({
  args: { apiKeyId: v.id("apiKeys") },
  returns: v.array(
    v.object({
      /** Numbers the requests of the key. */
      seq: v.number(),
      /** UTC ms. */
      at: v.number(),
      ...apiRequestValidator.fields,
    }),
  ),
  handler: async (ctx, { apiKeyId }) => {
    const key = await ctx.db.get("apiKeys", apiKeyId);
    if (key?.userId !== ctx.userId) return refuse({ code: "NOT_FOUND", what: "apiKey" });
    if (!ctx.person.isPlatformAdmin) await needParticipant(ctx, key.challengeId, "apiKey");
    const rows = await requestsOf(ctx, apiKeyId);
    return rows.map(({ seq, at, method, route, status, requestId }) => ({
      seq,
      at,
      method,
      route,
      status,
      requestId,
    }));
  },
});
