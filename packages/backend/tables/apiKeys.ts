import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";

/** What a key may be used for; a wider scope does not include the narrower ones. */
export const scopeValidator = v.union(v.literal("read"), v.literal("log"), v.literal("admin"));
export type Scope = Infer<typeof scopeValidator>;

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
};
