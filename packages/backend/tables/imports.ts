import { type Infer, v } from "convex/values";
import { metricsValidator } from "./scoring";

/** One normalised row of an archive; `startedAt` in UTC ms, `loggedDate` the person's calendar day then. */
export const importRowValidator = v.object({
  externalId: v.string(),
  sport: v.string(),
  startedAt: v.number(),
  loggedDate: v.string(),
  metrics: metricsValidator,
  title: v.optional(v.string()),
});

/** What an import and its preview are told. */
export const importArgs = {
  challengeId: v.id("challenges"),
  source: v.literal("archive"),
  rows: v.array(importRowValidator),
  onBehalfOf: v.optional(v.id("users")),
  reason: v.optional(v.string()),
  allowDuplicates: v.optional(v.boolean()),
};

/** Why a row was left out: a refusal's code, or what only an import meets. */
export const skipReasonValidator = v.union(
  v.literal("INVALID_INPUT"),
  v.literal("OUTSIDE_CHALLENGE_DATES"),
  v.literal("NOT_AVAILABLE_THIS_WEEK"),
  v.literal("LIMIT_REACHED"),
  v.literal("CHALLENGE_FINAL"),
  v.literal("UNMAPPED_SPORT"),
  v.literal("LIKELY_DUPLICATE"),
  v.literal("ADMIN_CHANGED"),
  v.literal("DELETED"),
);

export type SkipReason = Infer<typeof skipReasonValidator>;

/** What became of one row; `pointsEarned` of a row that is created or updated. */
export const importResultValidator = v.object({
  externalId: v.string(),
  status: v.union(
    v.literal("created"),
    v.literal("exists"),
    v.literal("updated"),
    v.literal("held"),
    v.literal("skipped"),
  ),
  reason: v.optional(skipReasonValidator),
  pointsEarned: v.optional(v.number()),
});
export type ImportResult = Infer<typeof importResultValidator>;
