import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";
import { metricsValidator } from "./scoring";

/** Why a participant asks organisers to look at somebody's activity. */
export const flagReasonValidator = v.union(
  v.literal("IMPLAUSIBLE"),
  v.literal("COUNTED_TWICE"),
  v.literal("WRONG_ACTIVITY"),
  v.literal("WRONG_DAY"),
  v.literal("SOMEBODY_ELSE"),
  v.literal("OTHER"),
);

/** Why the system asks for it; `measured` and `limit` in the SI unit the reason is about. */
export const findingValidator = v.object({
  code: v.union(
    v.literal("DAY_OVER_24_HOURS"),
    v.literal("FASTER_THAN_RECORD"),
    v.literal("TOO_MUCH_CLIMBING"),
    v.literal("TOO_MANY_STEPS"),
  ),
  measured: v.number(),
  limit: v.number(),
});
export type Finding = Infer<typeof findingValidator>;

export const flagStatusValidator = v.union(
  v.literal("open"),
  /** The organisers removed or corrected the activity. */
  v.literal("upheld"),
  /** The organisers found nothing wrong. */
  v.literal("dismissed"),
  /** The activity changed, and what the system found is no more. */
  v.literal("resolved"),
);

export const heldSourceValidator = v.union(v.literal("archive"), v.literal("strava"));

/** What the source said about a row that is held. */
export const heldRowValidator = v.object({
  sport: v.string(),
  /** UTC ms. */
  startedAt: v.number(),
  loggedDate: v.string(),
  metrics: metricsValidator,
  title: v.optional(v.string()),
});

export const appealStatusValidator = v.union(
  v.literal("open"),
  v.literal("accepted"),
  v.literal("rejected"),
);

export const commentAudienceValidator = v.union(v.literal("admins"), v.literal("participant"));

/** What organisers did, closed; the words are kept beside it. */
export const moderationActionValidator = v.union(
  v.literal("flagsDismissed"),
  v.literal("flagsUpheld"),
  v.literal("heldKept"),
  v.literal("heldReplaced"),
  v.literal("heldDiscarded"),
  v.literal("lateAccepted"),
  v.literal("lateDismissed"),
  v.literal("appealAccepted"),
  v.literal("appealRejected"),
  /** An earlier decision about an activity was taken back. */
  v.literal("decisionUndone"),
  v.literal("commented"),
  v.literal("commentDeleted"),
  v.literal("madeAdmin"),
  v.literal("madeParticipant"),
  v.literal("removed"),
  v.literal("banned"),
  v.literal("unbanned"),
  /** Of the challenge, and about nobody: the entry's person is who did it. */
  v.literal("settingsChanged"),
  v.literal("ruleChanged"),
  v.literal("gameReversed"),
);

/** How an activity and its flags were left by a decision. */
export const undoValidator = v.object({
  /** The activity's version before and after: the same where the decision did not change it. */
  versionBefore: v.number(),
  versionAfter: v.number(),
  /** The flags it closed. */
  flagIds: v.array(v.id("flags")),
});
export type Undo = Infer<typeof undoValidator>;

export const moderationTables = {
  /**
   * One person's, or the system's, doubt about an activity, which goes on counting; written by lib/flags. A person has
   * one open flag on an activity, the system one of each code.
   */
  flags: defineTable({
    challengeId: v.id("challenges"),
    activityId: v.id("activities"),
    /** Whose activity it is. */
    userId: v.id("users"),
    /** null: the system. */
    flaggedBy: v.union(v.id("users"), v.null()),
    about: v.union(
      v.object({ reason: flagReasonValidator, text: v.optional(v.string()) }),
      findingValidator,
    ),
    status: flagStatusValidator,
    /** UTC ms. */
    at: v.number(),
  })
    .index("by_activityId_and_status", ["activityId", "status"])
    .index("by_activityId_and_flaggedBy_and_status", ["activityId", "flaggedBy", "status"])
    .index("by_challengeId_and_status", ["challengeId", "status"])
    .index("by_challengeId_and_userId_and_status_and_flaggedBy", [
      "challengeId",
      "userId",
      "status",
      "flaggedBy",
    ])
    .index("by_flaggedBy_and_at", ["flaggedBy", "at"])
    .index("by_userId", ["userId"]),
  /** How often organisers agreed with somebody's flags, over all challenges; written by lib/flags; unique by userId. */
  flaggers: defineTable({
    userId: v.id("users"),
    upheld: v.number(),
    dismissed: v.number(),
  }).index("by_userId", ["userId"]),
  /**
   * A row of an import that looks like an activity of another source and waits for a decision; written by
   * lib/heldActivities; unique by person, challenge, source and externalId. One that was discarded stays as a tombstone
   * without its content.
   */
  heldActivities: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    source: heldSourceValidator,
    externalId: v.string(),
    status: v.union(v.literal("held"), v.literal("discarded")),
    /** null: discarded. */
    row: v.union(heldRowValidator, v.null()),
    /** The activity it looks like. */
    twinId: v.id("activities"),
    /** UTC ms. */
    at: v.number(),
  })
    .index("by_challengeId_and_userId_and_source_and_externalId", [
      "challengeId",
      "userId",
      "source",
      "externalId",
    ])
    .index("by_challengeId_and_userId_and_status", ["challengeId", "userId", "status"])
    .index("by_challengeId_and_source_and_status", ["challengeId", "source", "status"])
    .index("by_userId_and_source_and_status", ["userId", "source", "status"])
    .index("by_source_and_status_and_at", ["source", "status", "at"]),
  /** What somebody says against a decision about their activity, once; written by lib/appeals; unique by activityId. */
  appeals: defineTable({
    challengeId: v.id("challenges"),
    activityId: v.id("activities"),
    userId: v.id("users"),
    text: v.string(),
    status: appealStatusValidator,
    /** What the organisers answered. */
    answer: v.optional(v.string()),
    /** UTC ms. */
    at: v.number(),
  })
    .index("by_activityId", ["activityId"])
    .index("by_challengeId_and_status", ["challengeId", "status"])
    .index("by_userId", ["userId"]),
  /** A note of an organiser on somebody's activity; written by lib/comments. Deleting one removes the row. */
  comments: defineTable({
    challengeId: v.id("challenges"),
    activityId: v.id("activities"),
    /** Whose activity it is. */
    userId: v.id("users"),
    authorId: v.id("users"),
    audience: commentAudienceValidator,
    text: v.string(),
    /** UTC ms. */
    at: v.number(),
  })
    .index("by_activityId_and_audience", ["activityId", "audience"])
    .index("by_userId", ["userId"])
    .index("by_authorId", ["authorId"])
    .index("by_challengeId", ["challengeId"]),
  /** One decision of an organiser, append-only; written by lib/moderationLog. What moved points is in pointEvents too. */
  moderationLog: defineTable({
    challengeId: v.id("challenges"),
    actorId: v.id("users"),
    action: moderationActionValidator,
    /** Whom it is about. */
    userId: v.id("users"),
    activityId: v.optional(v.id("activities")),
    /** Why, in the organiser's words. */
    note: v.optional(v.string()),
    /** What taking it back needs; only of decisions about flags and appeals. */
    undo: v.optional(undoValidator),
    /** The decision it takes back, which can be done once. */
    undoes: v.optional(v.id("moderationLog")),
    /** UTC ms. */
    at: v.number(),
  })
    .index("by_undoes", ["undoes"])
    .index("by_challengeId_and_at", ["challengeId", "at"])
    .index("by_userId_and_note", ["userId", "note"])
    .index("by_actorId", ["actorId"]),
};
