import { defineTable } from "convex/server";
import { v, type Infer } from "convex/values";
import { metricsValidator } from "./scoring";

const personalActorKind = v.union(
  v.literal("user"),
  v.literal("challengeAdmin"),
  v.literal("platformAdmin"),
  v.literal("import"),
  v.literal("strava"),
);
export const actorKindValidator = v.union(personalActorKind, v.literal("system"));
/**
 * Who moved points, in which role. `userId` names the person behind it, where there is one, and `apiKeyId` the key
 * they did it with.
 */
export const actorValidator = v.union(
  v.object({
    kind: personalActorKind,
    userId: v.id("users"),
    apiKeyId: v.optional(v.id("apiKeys")),
  }),
  v.object({ kind: v.literal("system") }),
);
export type Actor = Infer<typeof actorValidator>;

export const eventKindValidator = v.union(
  v.literal("created"),
  v.literal("edited"),
  v.literal("deleted"),
  v.literal("restored"),
  v.literal("repriced"),
  /** Stands for everything before it: rows that had no ledger when they were found. */
  v.literal("opening"),
  /** Explains damage of the ledger; moves no points. */
  v.literal("restatement"),
);
export type EventKind = Infer<typeof eventKindValidator>;

/** Closed list of reasons; free text lies in eventNotes. */
export const reasonValidator = v.union(
  v.literal("logged"),
  v.literal("imported"),
  v.literal("corrected"),
  v.literal("removed"),
  v.literal("undone"),
  v.literal("streakChanged"),
  /** Another row of the day changed what this one gives: a bonus, an allowance or a cap. */
  v.literal("dayChanged"),
  /** Scored again by the type's current rule. */
  v.literal("rescored"),
  v.literal("backfilled"),
  v.literal("restated"),
  v.literal("awarded"),
  v.literal("revoked"),
  v.literal("adminCorrection"),
);
export type Reason = Infer<typeof reasonValidator>;

export const boardKindValidator = v.union(v.literal("week"), v.literal("category"));
/** What a row said before an edit. */
export const replacedFactsValidator = v.object({
  activityTypeId: v.union(v.id("activityTypes"), v.null()),
  loggedDate: v.union(v.string(), v.null()),
  metrics: metricsValidator,
  variant: v.optional(v.string()),
});
export type ReplacedFacts = Infer<typeof replacedFactsValidator>;

/** Damage of the ledger at one number, as verify names it and a restatement explains it. */
export const damageValidator = v.object({
  seq: v.number(),
  kind: v.union(v.literal("missing"), v.literal("doubled"), v.literal("altered")),
  points: v.number(),
});

export const ledgerTables = {
  /** One change of one activity row's points or liveness, append-only; written by lib/pointLedger; seq is gapless per person and challenge. */
  pointEvents: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    /** Absent for a restatement, which is about events. */
    activityId: v.optional(v.id("activities")),
    seq: v.number(),
    kind: eventKindValidator,
    pointsBefore: v.number(),
    pointsAfter: v.number(),
    totalAfter: v.number(),
    actor: actorValidator,
    reason: reasonValidator,
    ruleVersion: v.number(),
    requestId: v.optional(v.string()),
    /** What a restatement explains. */
    explains: v.optional(v.array(damageValidator)),
    at: v.number(),
  })
    .index("by_challengeId_and_userId_and_seq", ["challengeId", "userId", "seq"])
    .index("by_activityId_and_seq", ["activityId", "seq"]),
  /**
   * What an event says beside its numbers: an admin's reason, and what an edit changed; written by lib/pointLedger; at most
   * one per event. Deletable, unlike the event.
   */
  eventNotes: defineTable({
    eventId: v.id("pointEvents"),
    text: v.optional(v.string()),
    /** The facts an edit replaced; never those of a row of Strava, which must not be kept. */
    before: v.optional(replacedFactsValidator),
  }).index("by_eventId", ["eventId"]),
  /** A person's totals in a challenge, derived from the activity rows; written by lib/pointLedger; unique by challengeId and userId. */
  standings: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    totalPoints: v.number(),
    /** 0 - totalPoints, never -0: the board's index reads upwards. */
    negTotal: v.number(),
    /** false: not shown on boards (left, opted out, or removed with their points). */
    listed: v.boolean(),
    /** Removed with the points kept: still on boards, without a name. */
    isFormer: v.optional(v.literal(true)),
    /** `at` of the last event with a difference; breaks ties. */
    reachedAt: v.number(),
    /** seq of the last event. */
    seq: v.number(),
    /** Live rows a person logged or imported (system rows excluded). */
    activityCount: v.number(),
    /** All rows of the participation, deleted and system ones included. */
    rowCount: v.number(),
    streakLength: v.number(),
    streakLastDay: v.union(v.string(), v.null()),
    longestStreak: v.number(),
    streakBonusPoints: v.number(),
    streakActivityId: v.union(v.id("activities"), v.null()),
    /** The rules the streak was told by, as `streakRulesText`; absent where that is not known. */
    streakRules: v.optional(v.string()),
    /** The rank when that day began in the challenge's zone; taken by lib/rankWalks, no part of the ledger. */
    rankYesterday: v.optional(v.object({ day: v.string(), rank: v.number() })),
  })
    .index("by_challengeId_and_userId", ["challengeId", "userId"])
    .index("by_challengeId_and_listed_and_negTotal_and_reachedAt_and_userId", [
      "challengeId",
      "listed",
      "negTotal",
      "reachedAt",
      "userId",
    ]),
  /** A person's day in a challenge, derived from the live rows dated that day; written by lib/pointLedger; unique by challengeId, userId and day. */
  dayTotals: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    day: v.string(),
    points: v.number(),
    /** Points of rows whose rule contributes to the streak. */
    streakPoints: v.number(),
    activityCount: v.number(),
    /** Live rows per type: what the limits are checked against. */
    typeCounts: v.array(v.object({ activityTypeId: v.id("activityTypes"), count: v.number() })),
  }).index("by_challengeId_and_userId_and_day", ["challengeId", "userId", "day"]),
  /**
   * What a person has on the board of a week or a category, derived from the live rows that count there (the streak row
   * counts nowhere); written by lib/pointLedger; unique by challengeId, userId, board and key. There is no row where
   * neither points nor an activity are left.
   */
  boardTotals: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    board: boardKindValidator,
    /** The week's number as text, or the category's name. */
    key: v.string(),
    points: v.number(),
    /** Live rows a person logged or imported; awards give points only. */
    activityCount: v.number(),
    /** As in the standing: false is shown on no board. */
    listed: v.boolean(),
    /** When what a row gives here last changed; breaks ties. */
    reachedAt: v.number(),
    /** [0 - points, reachedAt, userId], which the board's index reads upwards: spelled out its name would be too long. */
    order: v.array(v.union(v.number(), v.id("users"))),
  })
    .index("by_challengeId_and_userId_and_board_and_key", ["challengeId", "userId", "board", "key"])
    .index("by_challengeId_and_board_and_key_and_listed_and_order", [
      "challengeId",
      "board",
      "key",
      "listed",
      "order",
    ]),
  /** How far the ranks of a challenge's board were taken when its day began; written by lib/rankWalks; unique by challengeId. */
  rankWalks: defineTable({
    challengeId: v.id("challenges"),
    /** The day in the challenge's zone. */
    day: v.string(),
    cursor: v.union(v.string(), v.null()),
    isDone: v.boolean(),
    /** The last row's place. */
    position: v.number(),
    rank: v.number(),
    negTotal: v.union(v.number(), v.null()),
  }).index("by_challengeId", ["challengeId"]),
  /** One remembered answer of a point-moving call; written by lib/idempotency; unique by actorKey and requestId; kept 7 days. */
  idempotencyKeys: defineTable({
    actorKey: v.string(),
    requestId: v.string(),
    fn: v.string(),
    argsHash: v.string(),
    result: v.string(),
    expiresAt: v.number(),
  })
    .index("by_actorKey_and_requestId", ["actorKey", "requestId"])
    .index("by_expiresAt", ["expiresAt"]),
};
