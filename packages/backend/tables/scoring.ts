import { v, type Infer } from "convex/values";

/** Canonical metrics of an activity, SI units; at most 3 decimals each. */
export const metricsValidator = v.object({
  distance_m: v.optional(v.number()),
  duration_s: v.optional(v.number()),
  moving_s: v.optional(v.number()),
  elevation_m: v.optional(v.number()),
  count: v.optional(v.number()),
  steps: v.optional(v.number()),
  units: v.optional(v.number()),
});
export type Metrics = Infer<typeof metricsValidator>;
export type MetricName = keyof Metrics;

export const metricNameValidator = v.union(
  v.literal("distance_m"),
  v.literal("duration_s"),
  v.literal("moving_s"),
  v.literal("elevation_m"),
  v.literal("count"),
  v.literal("steps"),
  v.literal("units"),
);

/** Unit a rule counts in: lengths for distance and elevation, times for durations, `each` for the rest. */
export const unitValidator = v.union(
  v.literal("m"),
  v.literal("km"),
  v.literal("mile"),
  v.literal("foot"),
  v.literal("second"),
  v.literal("minute"),
  v.literal("hour"),
  v.literal("each"),
);
export type Unit = Infer<typeof unitValidator>;

export const scoringValidator = v.union(
  v.object({ kind: v.literal("fixed"), points: v.number() }),
  v.object({
    kind: v.literal("perUnit"),
    metric: metricNameValidator,
    unit: unitValidator,
    pointsPerUnit: v.number(),
    base: v.optional(v.number()),
    maxUnits: v.optional(v.number()),
  }),
  v.object({
    kind: v.literal("tiered"),
    metric: metricNameValidator,
    unit: unitValidator,
    tiers: v.array(v.object({ atMost: v.optional(v.number()), points: v.number() })),
  }),
);
export type Scoring = Infer<typeof scoringValidator>;

export const bonusValidator = v.object({
  kind: v.literal("threshold"),
  metric: metricNameValidator,
  unit: unitValidator,
  atLeast: v.number(),
  points: v.number(),
  label: v.string(),
});
export type Bonus = Infer<typeof bonusValidator>;

/** Counts are live rows of this type per person; weeks are numbered from 1 at the challenge's start. */
export const limitsValidator = v.object({
  maxPerDay: v.optional(v.number()),
  maxPerWeek: v.optional(v.number()),
  maxPerChallenge: v.optional(v.number()),
  validWeeks: v.optional(v.array(v.number())),
  finalDaysOnly: v.optional(v.boolean()),
});
export type Limits = Infer<typeof limitsValidator>;

/** Everything of an activity type that decides points; a row keeps the version it was scored with. */
export const ruleFields = {
  scoring: scoringValidator,
  bonuses: v.array(bonusValidator),
  limits: limitsValidator,
  category: v.optional(v.string()),
  contributesToStreak: v.boolean(),
  isNegative: v.boolean(),
};
export const ruleValidator = v.object(ruleFields);
export type Rule = Infer<typeof ruleValidator>;

/** One line of "why these points": the lines of a row add up to its points. */
export const breakdownLineValidator = v.object({
  kind: v.union(v.literal("base"), v.literal("bonus"), v.literal("streak"), v.literal("award")),
  label: v.string(),
  points: v.number(),
});
export type BreakdownLine = Infer<typeof breakdownLineValidator>;
