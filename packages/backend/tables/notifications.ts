import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";
import { roleValidator } from "./challenges";

/** What people are told; ids, numbers and names only, the words are the page's. */
export const newsValidator = v.union(
  v.object({
    kind: v.literal("activityCorrected"),
    activityId: v.id("activities"),
    change: v.union(v.literal("edited"), v.literal("deleted"), v.literal("restored")),
  }),
  v.object({ kind: v.literal("pointsAdjusted"), points: v.number() }),
  v.object({ kind: v.literal("activityFlagged"), activityId: v.id("activities") }),
  v.object({ kind: v.literal("activityHeld"), count: v.number() }),
  v.object({
    kind: v.literal("appealDecided"),
    activityId: v.optional(v.id("activities")),
    isAccepted: v.boolean(),
  }),
  /** The organisers look at an appeal again that they had decided. */
  v.object({ kind: v.literal("appealReopened"), activityId: v.id("activities") }),
  v.object({ kind: v.literal("adminComment"), activityId: v.id("activities") }),
  v.object({ kind: v.literal("roleChanged"), role: roleValidator }),
  v.object({ kind: v.literal("removed"), isBanned: v.boolean() }),
  v.object({ kind: v.literal("achievementAwarded"), name: v.string(), points: v.number() }),
  v.object({ kind: v.literal("gameStarted"), name: v.string() }),
  v.object({ kind: v.literal("gameSettled"), name: v.string(), points: v.number() }),
  v.object({ kind: v.literal("standingsFinal"), rank: v.union(v.number(), v.null()) }),
  v.object({ kind: v.literal("stravaDisconnected") }),
  /** An activity that arrived from Strava after the challenge closed will not count. */
  v.object({ kind: v.literal("lateDismissed"), loggedDate: v.string() }),
  /** To admins. */
  v.object({ kind: v.literal("lateArrived") }),
  v.object({ kind: v.literal("verifyFailed"), findings: v.number() }),
  v.object({ kind: v.literal("jobEnded"), job: v.string(), status: v.string() }),
);
export type News = Infer<typeof newsValidator>;

export const notificationTables = {
  /** One thing a person is told inside the product; written by lib/notifications; pruned after 90 days. */
  notifications: defineTable({
    userId: v.id("users"),
    challengeId: v.optional(v.id("challenges")),
    news: newsValidator,
    at: v.number(),
    readAt: v.optional(v.number()),
  })
    .index("by_userId_and_at", ["userId", "at"])
    .index("by_userId_and_readAt", ["userId", "readAt"])
    .index("by_challengeId", ["challengeId"])
    .index("by_at", ["at"]),
};
