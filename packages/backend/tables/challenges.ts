import { defineTable } from "convex/server";
import { v } from "convex/values";

export const visibilityValidator = v.union(v.literal("public"), v.literal("private"));
export const streakBonusValidator = v.union(v.literal("none"), v.literal("running"));
export const roleValidator = v.union(v.literal("admin"), v.literal("participant"));
export const participationStatusValidator = v.union(
  v.literal("active"),
  v.literal("left"),
  /** By an organiser; may come back. */
  v.literal("removed"),
  /** By an organiser, for good. */
  v.literal("banned"),
  /** Its rows are being removed; it never comes back. */
  v.literal("erasing"),
);
/** Whether the sums of the aggregate may be read, or are being built from the rows. */
export const aggregateStateValidator = v.union(v.literal("ready"), v.literal("building"));

/** What the organisers want everybody to read now; `at` (UTC ms) tells one from the next. */
export const announcementValidator = v.object({ text: v.string(), at: v.number() });

export const challengeTables = {
  /** One row per challenge; written by lib/challenges; joinCode is unique. Days are calendar days `YYYY-MM-DD`. */
  challenges: defineTable({
    name: v.string(),
    description: v.string(),
    startsOn: v.string(),
    endsOn: v.string(),
    timezone: v.string(),
    visibility: visibilityValidator,
    joinCode: v.string(),
    streakMinPoints: v.number(),
    streakBonus: streakBonusValidator,
    streakBonusDailyCap: v.number(),
    backdateDays: v.number(),
    graceHours: v.number(),
    /** Day number (1 = startsOn) from which the final days count. */
    finalDaysFrom: v.number(),
    announcement: v.optional(announcementValidator),
    /** Set once when standings are frozen: from then on every log, edit and import is refused. */
    finalAt: v.optional(v.number()),
    /** Absent until a backfill has seen the challenge: it came from an older release or an import. */
    aggregateState: v.optional(aggregateStateValidator),
  })
    .index("by_visibility", ["visibility"])
    .index("by_joinCode", ["joinCode"]),
  /** The secret that lets members share one run of a private challenge's queries; written by lib/challenges; one per challenge. */
  challengeKeys: defineTable({
    challengeId: v.id("challenges"),
    viewKey: v.string(),
  }).index("by_challengeId", ["challengeId"]),
  /** A person's part in a challenge; written by lib/participations; unique by challengeId and userId. Rejoining revives the row. */
  participations: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    role: roleValidator,
    status: participationStatusValidator,
    joinedAt: v.number(),
    /** Their points are being taken away, batch by batch: nobody comes back in between. */
    isLosingPoints: v.optional(v.literal(true)),
    /** They asked to be on no board; kept when they leave and come back. */
    isUnranked: v.optional(v.literal(true)),
    /** Their display name as it is searched by; absent on rows older than the search. */
    searchName: v.optional(v.string()),
  })
    .index("by_challengeId_and_userId", ["challengeId", "userId"])
    .index("by_challengeId_and_status", ["challengeId", "status"])
    .index("by_challengeId_and_status_and_searchName", ["challengeId", "status", "searchName"])
    .index("by_userId_and_status", ["userId", "status"])
    .index("by_challengeId_and_role", ["challengeId", "role"]),
};
