import { defineTable } from "convex/server";
import { v, type Infer } from "convex/values";
import { breakdownLineValidator, metricsValidator } from "./scoring";

export const sourceValidator = v.union(
  v.literal("manual"),
  v.literal("api"),
  v.literal("archive"),
  v.literal("strava"),
  v.literal("streak"),
  v.literal("achievement"),
  v.literal("miniGame"),
  v.literal("adjustment"),
);
export type Source = Infer<typeof sourceValidator>;

export const activityTables = {
  /**
   * Everything that gives points, one row each: what a person did, the streak bonus, awards, adjustments.
   * Written by lib/activityWrites together with the aggregate; externalId is unique per person, challenge and source,
   * awardKey per person and challenge. A deleted row stays as a tombstone.
   */
  activities: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    /** null for system rows (streak, awards, adjustments). */
    activityTypeId: v.union(v.id("activityTypes"), v.null()),
    /** Version of the type's rule it was scored with; 0 for system rows. */
    ruleVersion: v.number(),
    source: sourceValidator,
    /** The day it counts for; null for the streak row, which belongs to no day. */
    loggedDate: v.union(v.string(), v.null()),
    metrics: metricsValidator,
    pointsEarned: v.number(),
    breakdown: v.array(breakdownLineValidator),
    notes: v.optional(v.string()),
    title: v.optional(v.string()),
    externalId: v.optional(v.string()),
    startedAtMs: v.optional(v.number()),
    /** The option a person chose, where the type has variants. */
    variant: v.optional(v.string()),
    /** Fingerprint of what the source last said: a later import with the same one leaves the row as it is. */
    importedContent: v.optional(v.string()),
    awardKey: v.optional(v.string()),
    /** Labels of the once-a-day bonuses it carries, where its rule has such bonuses. */
    carriedBonuses: v.optional(v.array(v.string())),
    /** How much of the day's free amount it takes, in the metric's SI unit, where its rule has an allowance. */
    allowanceUsed: v.optional(v.number()),
    /** When its metrics were cleared, UTC ms: from then on its points stay as they are. */
    sealedAt: v.optional(v.number()),
    /** Counts changes of its facts from 1; `expectedVersion` of an edit is compared with it. */
    version: v.number(),
    /** An admin changed it: a later import leaves it alone, and its person can only remove it. */
    isSticky: v.boolean(),
    deletedAt: v.optional(v.number()),
  })
    .index("by_challengeId_and_userId_and_loggedDate", ["challengeId", "userId", "loggedDate"])
    .index("by_challengeId_and_userId_and_isSticky_and_loggedDate", [
      "challengeId",
      "userId",
      "isSticky",
      "loggedDate",
    ])
    .index("by_challengeId_and_userId_and_deletedAt", ["challengeId", "userId", "deletedAt"])
    .index("by_challengeId_and_userId_and_source_and_externalId", [
      "challengeId",
      "userId",
      "source",
      "externalId",
    ])
    .index("by_challengeId_and_userId_and_awardKey", ["challengeId", "userId", "awardKey"])
    .index("by_activityTypeId_and_userId_and_loggedDate_and_deletedAt", [
      "activityTypeId",
      "userId",
      "loggedDate",
      "deletedAt",
    ]),
};
