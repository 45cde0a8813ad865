import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";
import { metricNameValidator, unitValidator } from "./scoring";

/** An amount of a metric that one activity reaches. */
const measureFields = { metric: metricNameValidator, unit: unitValidator, atLeast: v.number() };
const typeIds = v.array(v.id("activityTypes"));

/** What has to be done once for one award. */
export const criteriaValidator = v.union(
  /** So many activities of these types, each reaching the measure where there is one. */
  v.object({
    kind: v.literal("count"),
    activityTypeIds: typeIds,
    times: v.number(),
    measure: v.optional(v.object(measureFields)),
  }),
  /** A sum of one metric over all activities of these types; a factor weighs what one unit of a type is worth. */
  v.object({
    kind: v.literal("cumulative"),
    ...measureFields,
    types: v.array(v.object({ activityTypeId: v.id("activityTypes"), factor: v.number() })),
  }),
  /** So many different ones of these types. */
  v.object({ kind: v.literal("distinctTypes"), activityTypeIds: typeIds, times: v.number() }),
  /** Every one of these types. */
  v.object({ kind: v.literal("oneOfEach"), activityTypeIds: typeIds }),
  /** Every threshold, each by one activity; an activity can reach several. */
  v.object({
    kind: v.literal("allThresholds"),
    thresholds: v.array(v.object({ activityTypeId: v.id("activityTypes"), ...measureFields })),
  }),
);
export type Criteria = Infer<typeof criteriaValidator>;

export const frequencyValidator = v.union(
  v.literal("oncePerChallenge"),
  /** Of the challenge's weeks, by loggedDate. */
  v.literal("oncePerWeek"),
  /** As often as it is done; each activity counts for one award. */
  v.literal("perQualifyingSet"),
);

/** Everything of an achievement that decides awards. */
export const definitionFields = {
  criteria: criteriaValidator,
  frequency: frequencyValidator,
  points: v.number(),
};
export const definitionValidator = v.object(definitionFields);
export type Definition = Infer<typeof definitionValidator>;

/** An activity that counts towards an achievement. */
export const entryValidator = v.object({
  loggedDate: v.string(),
  activityId: v.id("activities"),
  /** The parts of the criteria it counts for: positions in their list of types or thresholds; [0] where there is one part. */
  parts: v.array(v.number()),
  /** What it adds: the metric of a cumulative one in the metric's own unit, else 1. */
  value: v.number(),
});
export type Entry = Infer<typeof entryValidator>;

/** An award a person holds. */
export const heldAwardValidator = v.object({
  awardKey: v.string(),
  loggedDate: v.string(),
  points: v.number(),
});
export type HeldAward = Infer<typeof heldAwardValidator>;

export const evaluationStatusValidator = v.union(
  v.literal("running"),
  v.literal("done"),
  /** Lost three times; people it did not come to are left as they are until it is asked for again. */
  v.literal("failed"),
);

export const achievementTables = {
  /** What can be earned in a challenge, with its current definition; written by lib/achievements; name unique per challenge. */
  achievements: defineTable({
    challengeId: v.id("challenges"),
    name: v.string(),
    description: v.string(),
    ...definitionFields,
    /** Counts changes of the definition from 1. */
    version: v.number(),
    /** The version in which the criteria last changed. */
    criteriaVersion: v.number(),
    /** Gives no new awards; those given stay while their basis does. */
    isArchived: v.boolean(),
    /** An evaluation of everybody by this definition has not ended: see achievementEvaluations. */
    isEvaluating: v.boolean(),
  }).index("by_challengeId_and_name", ["challengeId", "name"]),
  /**
   * The activities of a person that count towards an achievement, in their order, and the awards that follow; written by
   * lib/achievements; unique by achievementId and userId. At most 2,000 entries: nobody can have more rows.
   */
  achievementProgress: defineTable({
    challengeId: v.id("challenges"),
    userId: v.id("users"),
    achievementId: v.id("achievements"),
    /** The achievement's, when the entries were read off the rows. */
    criteriaVersion: v.number(),
    entries: v.array(entryValidator),
    awards: v.array(heldAwardValidator),
    /** The transaction that goes on with the awards, where one could not hold them all. */
    followUp: v.optional(v.id("_scheduled_functions")),
  })
    .index("by_achievementId_and_userId", ["achievementId", "userId"])
    .index("by_challengeId_and_userId", ["challengeId", "userId"]),
  /** How far the evaluation of everybody by an achievement's definition got; written by lib/achievements; unique by achievementId. */
  achievementEvaluations: defineTable({
    challengeId: v.id("challenges"),
    achievementId: v.id("achievements"),
    /** Counts starts and restarts: a step of an earlier run does nothing. */
    run: v.number(),
    status: evaluationStatusValidator,
    /** The last person who is done; people are taken in the order of their ids. */
    cursor: v.union(v.id("users"), v.null()),
    /** People done, and awards given, moved or taken back. */
    processed: v.number(),
    changed: v.number(),
    /** People a step takes at most; halved when a run is lost. */
    batch: v.number(),
    losses: v.number(),
    /** UTC ms. */
    startedAt: v.number(),
    heartbeatAt: v.number(),
    endedAt: v.optional(v.number()),
  })
    .index("by_achievementId", ["achievementId"])
    .index("by_status_and_heartbeatAt", ["status", "heartbeatAt"])
    .index("by_challengeId", ["challengeId"]),
};
