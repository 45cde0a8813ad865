import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";
import { skipReasonValidator } from "./imports";
import { actorValidator } from "./ledger";

/** A text sealed with AES-GCM; bytes as base64. */
export const sealedValidator = v.object({ keyId: v.string(), iv: v.string(), data: v.string() });
export type Sealed = Infer<typeof sealedValidator>;

const windowValidator = v.object({ limit: v.number(), used: v.number() });
export const budgetFields = {
  quarterStart: v.number(),
  dayStart: v.number(),
  quarter: windowValidator,
  day: windowValidator,
  readQuarter: windowValidator,
  readDay: windowValidator,
};

const pairValidator = v.object({
  quarter: v.union(v.number(), v.null()),
  day: v.union(v.number(), v.null()),
});
/** What the rate-limit headers of one answer say. */
export const rateHeadersValidator = v.object({
  limit: pairValidator,
  usage: pairValidator,
  readLimit: pairValidator,
  readUsage: pairValidator,
});

export const taskKindValidator = v.union(
  /** Fetch one activity and let Strava's state win. */
  v.literal("activity"),
  /** List the athlete's last weeks and find what events did not say. */
  v.literal("list"),
  /** Find out whether the athlete took the authorization back. */
  v.literal("deauthorize"),
  /** Fetch what a sealed row is about and score it again; its object is the row. */
  v.literal("rescore"),
);
export type TaskKind = Infer<typeof taskKindValidator>;

export const taskStatusValidator = v.union(
  v.literal("received"),
  /** Backs off until `dueAt`. */
  v.literal("waiting"),
  /** A worker has it until `dueAt`. */
  v.literal("processing"),
  v.literal("done"),
  /** Failed too often: an admin replays it. */
  v.literal("dead"),
);
export type TaskStatus = Infer<typeof taskStatusValidator>;

export const taskOutcomeValidator = v.union(
  v.literal("applied"),
  v.literal("gone"),
  v.literal("listed"),
  /** The row stays as it is: corrected or removed since, or the rule cannot score it. */
  v.literal("kept"),
  /** The activity is another athlete's: nothing was touched. */
  v.literal("foreign"),
  /** A deauthorize that Strava did not confirm: probably forged. */
  v.literal("unconfirmed"),
  v.literal("revoked"),
  /** Nobody is connected (any more). */
  v.literal("notConnected"),
);
export type TaskOutcome = Infer<typeof taskOutcomeValidator>;

export const taskErrorValidator = v.union(
  v.literal("RATE_LIMITED"),
  v.literal("SERVER_ERROR"),
  v.literal("NO_ANSWER"),
  v.literal("BAD_ANSWER"),
  v.literal("UNAUTHORIZED"),
  v.literal("REFRESH_FAILED"),
  v.literal("NOT_CONFIGURED"),
  v.literal("CHALLENGE_FAILED"),
  v.literal("WORKER_LOST"),
);
export type TaskError = Infer<typeof taskErrorValidator>;

/** How a worker's try ended. `later`: nothing was wrong with the task, the rate limit or another worker stood in the way. */
export const endingValidator = v.union(
  v.object({ kind: v.literal("done"), outcome: taskOutcomeValidator }),
  v.object({ kind: v.literal("later"), error: taskErrorValidator, delayMs: v.number() }),
  v.object({
    kind: v.literal("failed"),
    error: taskErrorValidator,
    challengeIds: v.optional(v.array(v.id("challenges"))),
  }),
);

/** What a worker is told when it begins. */
export const startedValidator = v.object({
  kind: taskKindValidator,
  objectId: v.string(),
  athleteId: v.string(),
  challengeIds: v.optional(v.array(v.id("challenges"))),
  connection: v.union(
    v.null(),
    v.object({
      connectionId: v.id("stravaConnections"),
      userId: v.id("users"),
      tokens: sealedValidator,
      accessExpiresAt: v.number(),
      tokenVersion: v.number(),
    }),
  ),
});
export type Ending = Infer<typeof endingValidator>;
export type Started = Infer<typeof startedValidator>;

export const rejectionValidator = v.union(
  v.literal("badShape"),
  v.literal("notForUs"),
  v.literal("notJson"),
  v.literal("tooLong"),
  v.literal("wrongSubscription"),
  v.literal("unknownAthlete"),
);

/** What is kept of an event for 90 days: work of some kind, or a delivery that was turned away. */
export const outcomeFields = {
  kind: v.union(taskKindValidator, v.literal("rejected")),
  /** `dead`: it failed too often. */
  outcome: v.union(taskOutcomeValidator, rejectionValidator, v.literal("dead")),
  /** The last failure, also where a later try went well. */
  error: v.optional(taskErrorValidator),
  /** UTC ms; of deliveries that were turned away, the first and the last of an hour. */
  receivedAt: v.number(),
  endedAt: v.number(),
  /** Tries of the work, or deliveries that were turned away. */
  attempts: v.number(),
};

export const pointsChoiceValidator = v.union(v.literal("keep"), v.literal("remove"));

/** Why a connection ended. */
export const disconnectionCauseValidator = v.union(
  /** Its person asked for it, or deleted their account. */
  v.literal("asked"),
  /** The authorization was taken back at Strava. */
  v.literal("revoked"),
  /** The athlete connected to another account. */
  v.literal("moved"),
);

export const lateStatusValidator = v.union(
  /** An organiser has to decide. */
  v.literal("open"),
  v.literal("accepted"),
  v.literal("dismissed"),
);

/** How a person stands with Strava, in one word. */
export const connectionStateValidator = v.union(
  /** The deployment lacks variables. */
  v.literal("notSetUp"),
  v.literal("notConnected"),
  v.literal("connected"),
  /** Strava refused the tokens until work was given up: connecting once more makes new ones. */
  v.literal("needsReconnect"),
  v.literal("revoked"),
);

export const stravaTables = {
  /** A person's connection to their Strava account; written by lib/stravaConnections; unique by userId and by athleteId. Its id dies with it: work of an earlier one is discarded. */
  stravaConnections: defineTable({
    userId: v.id("users"),
    athleteId: v.string(),
    /** Access and refresh token, sealed for this athlete. */
    tokens: sealedValidator,
    /** UTC ms, of the access token. */
    accessExpiresAt: v.number(),
    /** Counts stored tokens: a refresh of an older one is not stored over a newer one. */
    tokenVersion: v.number(),
    /** UTC ms; who took it refreshes alone until then. */
    refreshLeaseUntil: v.optional(v.number()),
    connectedAt: v.number(),
    lastEventAt: v.optional(v.number()),
    lastSyncAt: v.optional(v.number()),
    /** UTC ms at which work was given up because Strava refused the tokens; absent once they work again. */
    brokenAt: v.optional(v.number()),
  })
    .index("by_userId", ["userId"])
    .index("by_athleteId", ["athleteId"]),
  /** Whose points an athlete's activities are, by a fingerprint of the athlete; written by lib/stravaConnections; unique by fingerprint. Outlives the connection while points of it are kept, so that they never count twice. */
  stravaLinks: defineTable({ fingerprint: v.string(), userId: v.id("users") })
    .index("by_fingerprint", ["fingerprint"])
    .index("by_userId", ["userId"]),
  /** A connection being made, from the button to its confirmation; written by lib/stravaConnections; stateHash and ticketHash are unique, each used once within 10 minutes. */
  stravaGrants: defineTable({
    userId: v.id("users"),
    sessionId: v.string(),
    expiresAt: v.number(),
    /** Empty once Strava came back with it. */
    stateHash: v.string(),
    /** Empty until the code was exchanged. */
    ticketHash: v.string(),
    granted: v.optional(
      v.object({ athleteId: v.string(), tokens: sealedValidator, accessExpiresAt: v.number() }),
    ),
  })
    .index("by_stateHash", ["stateHash"])
    .index("by_ticketHash", ["ticketHash"])
    .index("by_userId", ["userId"])
    .index("by_expiresAt", ["expiresAt"]),
  /** The webhook subscription; written by lib/stravaInbox; at most one row. */
  stravaSubscriptions: defineTable({
    /** SHA-256 of the secret part of the callback's path. */
    pathHash: v.string(),
    /** Empty until Strava answered. */
    subscriptionId: v.string(),
  }),
  /** One event Strava delivered, or one that was rejected; written by lib/stravaInbox; unique by dedupeKey; kept 7 days. */
  stravaEvents: defineTable({
    dedupeKey: v.string(),
    rejected: v.optional(rejectionValidator),
    /** Deliveries of it, the first one included. */
    deliveries: v.number(),
  }).index("by_dedupeKey", ["dedupeKey"]),
  /**
   * What became of an event, without anything about anybody; written by lib/stravaOutcomes; of deliveries that were turned
   * away unique by outcome and hour. Kept 90 days.
   */
  stravaOutcomes: defineTable(outcomeFields)
    .index("by_endedAt", ["endedAt"])
    .index("by_kind_and_outcome_and_receivedAt", ["kind", "outcome", "receivedAt"]),
  /** Work about one object of one athlete; written by lib/stravaTasks; unique by athleteId, kind and objectId. Ended ones are kept 7 days. */
  stravaTasks: defineTable({
    athleteId: v.string(),
    kind: taskKindValidator,
    objectId: v.string(),
    status: taskStatusValidator,
    /** Follows from an event; other work waits behind it. */
    isLive: v.boolean(),
    /** Counts requests for it: what is asked while a worker has it is done again. */
    asked: v.number(),
    askedAt: v.number(),
    /** `asked` when the worker took it. */
    taken: v.number(),
    /** Counts workers: only the last one may write. */
    lease: v.number(),
    dueAt: v.number(),
    attempts: v.number(),
    outcome: v.optional(taskOutcomeValidator),
    error: v.optional(taskErrorValidator),
    /** The challenges that failed, when only those are left. */
    challengeIds: v.optional(v.array(v.id("challenges"))),
    /** The rescore it is part of. */
    rescoreId: v.optional(v.id("stravaRescores")),
  })
    .index("by_athleteId_and_kind_and_objectId", ["athleteId", "kind", "objectId"])
    .index("by_athleteId_and_status_and_askedAt", ["athleteId", "status", "askedAt"])
    .index("by_status_and_dueAt", ["status", "dueAt"])
    .index("by_status_and_isLive_and_askedAt", ["status", "isLive", "askedAt"]),
  /** What is left of Strava's rate limits, and when waiting work is looked at next; written by lib/stravaBudget; at most one row. */
  stravaBudgets: defineTable({
    ...budgetFields,
    wakeAt: v.number(),
    /** Events nobody could confirm, ever. */
    unconfirmed: v.number(),
  }),
  /** An activity that does not count in a challenge, and why; written by lib/stravaSkips; unique by challengeId, userId and externalId. */
  stravaSkips: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    athleteId: v.string(),
    externalId: v.string(),
    sport: v.string(),
    loggedDate: v.string(),
    reason: skipReasonValidator,
  })
    .index("by_challengeId_and_userId_and_externalId", ["challengeId", "userId", "externalId"])
    .index("by_challengeId_and_reason_and_sport", ["challengeId", "reason", "sport"])
    .index("by_userId", ["userId"]),
  /**
   * An activity that arrived after its challenge closed; written by lib/stravaLate; unique by challengeId, userId and
   * externalId. A decided one stays, so that it is never asked about or counted again.
   */
  stravaLateActivities: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    externalId: v.string(),
    sport: v.string(),
    activityTypeId: v.id("activityTypes"),
    loggedDate: v.string(),
    /** What it would have given when it arrived. */
    points: v.number(),
    /** It looks like an activity of another source. */
    isLikelyDuplicate: v.boolean(),
    /** UTC ms. */
    arrivedAt: v.number(),
    status: lateStatusValidator,
    /** The organiser's words. */
    answer: v.optional(v.string()),
    /** UTC ms. */
    decidedAt: v.optional(v.number()),
  })
    .index("by_challengeId_and_userId_and_externalId", ["challengeId", "userId", "externalId"])
    .index("by_challengeId_and_status_and_arrivedAt", ["challengeId", "status", "arrivedAt"])
    .index("by_userId_and_arrivedAt", ["userId", "arrivedAt"])
    .index("by_userId_and_status", ["userId", "status"]),
  /** Until when the raw fields of a row may be kept; written by lib/stravaRaw; unique by activityId. */
  stravaRawRows: defineTable({
    activityId: v.id("activities"),
    challengeId: v.id("challenges"),
    /** UTC ms. */
    rawExpiresAt: v.number(),
  })
    .index("by_activityId", ["activityId"])
    .index("by_rawExpiresAt", ["rawExpiresAt"]),
  /** An organiser's rescore of sealed rows, with its progress; written by lib/stravaRescores; unique by challengeId: the last one. */
  stravaRescores: defineTable({
    challengeId: v.id("challenges"),
    actor: actorValidator,
    /** The version each type's rows are brought to, whatever is saved meanwhile. */
    versions: v.record(v.id("activityTypes"), v.number()),
    startedAt: v.number(),
    endedAt: v.optional(v.number()),
    /** Where looking for rows goes on: the person, absent before the first, and the row after this external id. */
    userId: v.optional(v.id("users")),
    afterExternalId: v.string(),
    /** Every row was looked at. */
    isListed: v.boolean(),
    /** Rows asked for, and those of them that are still waited for. */
    asked: v.number(),
    waiting: v.number(),
    rescored: v.number(),
    kept: v.number(),
    rawExpired: v.number(),
    left: v.number(),
  }).index("by_challengeId", ["challengeId"]),
  /** What a disconnection erased, with its progress: the person's receipt; written by lib/stravaPurge; the last one of a person is shown. */
  stravaPurges: defineTable({
    userId: v.id("users"),
    athleteId: v.string(),
    points: pointsChoiceValidator,
    /** Absent on receipts from before it was kept. */
    cause: v.optional(disconnectionCauseValidator),
    startedAt: v.number(),
    finishedAt: v.optional(v.number()),
    /** Where the next step goes on: the participation, and the row after this external id. */
    participationIndex: v.number(),
    afterExternalId: v.string(),
    erased: v.number(),
    removed: v.number(),
  })
    .index("by_userId", ["userId"])
    .index("by_athleteId", ["athleteId"]),
};
