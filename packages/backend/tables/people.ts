import { defineTable } from "convex/server";
import { v } from "convex/values";

/** One row per person who may sign in; written by lib/people; unique by userId. E-mails stay in `users`. */
export const peopleTables = {
  people: defineTable({
    userId: v.id("users"),
    displayName: v.string(),
    /** IANA zone of the person; the challenge's zone is used while it is unknown. */
    timezone: v.optional(v.string()),
    isPlatformAdmin: v.boolean(),
    /** Made-up person of the demo: may be signed in with one click where the deployment allows it. */
    isDemo: v.boolean(),
    erasedAt: v.optional(v.number()),
  })
    .index("by_userId", ["userId"])
    .index("by_displayName", ["displayName"])
    .index("by_isPlatformAdmin", ["isPlatformAdmin"])
    .index("by_isDemo", ["isDemo"]),
};
