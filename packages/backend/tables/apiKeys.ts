import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";

/** What a key may be used for; a wider scope does not include the narrower ones. */
export const scopeValidator = v.union(v.literal("read"), v.literal("log"), v.literal("admin"));
export type Scope = Infer<typeof scopeValidator>;

/** A request by key as its owner sees it: no body, no query, no address of the caller. */
export const apiRequestValidator = v.object({
  method: v.union(v.literal("get"), v.literal("post"), v.literal("patch"), v.literal("delete")),
  /** As the document writes it, with parameters in braces. */
  route: v.string(),
  /** Of HTTP. */
  status: v.number(),
  /** Its Idempotency-Key. */
  requestId: v.optional(v.string()),
});
export type ApiRequest = Infer<typeof apiRequestValidator>;

const usedKey = {
  apiKeyId: v.id("apiKeys"),
  /** Of the key. */
  userId: v.id("users"),
  challengeId: v.id("challenges"),
};

export const apiKeyTables = {
  /**
   * A key to the HTTP API; written by lib/apiKeys; keyId is unique. Only the SHA-256 of its secret is kept, and it can
   * never do what its person cannot do at the time.
   */
  apiKeys: defineTable({
    /** Public part of the key, which it is looked up by. */
    keyId: v.string(),
    secretHash: v.string(),
    /** Last four characters of the secret, so that its owner can tell keys apart. */
    last4: v.string(),
    userId: v.id("users"),
    challengeId: v.id("challenges"),
    name: v.string(),
    scopes: v.array(scopeValidator),
    /** UTC ms. */
    expiresAt: v.optional(v.number()),
    revokedAt: v.optional(v.number()),
    /** UTC ms, at most once in 5 minutes. */
    lastUsedAt: v.optional(v.number()),
  })
    .index("by_keyId", ["keyId"])
    .index("by_userId_and_challengeId_and_revokedAt", ["userId", "challengeId", "revokedAt"])
    .index("by_challengeId", ["challengeId"]),

  /** One of the last 100 requests of a key; written by lib/apiRequests; (apiKeyId, seq) is unique. */
  apiRequests: defineTable({
    ...usedKey,
    /** Numbers the requests of a key from 1. */
    seq: v.number(),
    /** UTC ms. */
    at: v.number(),
    ...apiRequestValidator.fields,
  })
    .index("by_apiKeyId_and_seq", ["apiKeyId", "seq"])
    .index("by_userId", ["userId"])
    .index("by_challengeId", ["challengeId"]),

  /** How often a key was used; written by lib/apiRequests; apiKeyId is unique. */
  apiKeyUses: defineTable({
    ...usedKey,
    /** Number of the last request that was noted. */
    requests: v.number(),
    /** UTC ms, of the last request over the limit that was noted. */
    limitedAt: v.optional(v.number()),
  })
    .index("by_apiKeyId", ["apiKeyId"])
    .index("by_userId", ["userId"])
    .index("by_challengeId", ["challengeId"]),
};
