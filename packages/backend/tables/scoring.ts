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

/** Kinds that look at one activity alone; the options of `variants` are of these. */
const plainScoringMembers = [
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
] as const;
export const plainScoringValidator = v.union(...plainScoringMembers);
export type PlainScoring = Infer<typeof plainScoringValidator>;

/** What an activity must have measured for an option to be chosen. */
export const conditionValidator = v.object({
  metric: metricNameValidator,
  unit: unitValidator,
  op: v.union(v.literal("atLeast"), v.literal("atMost"), v.literal("below"), v.literal("above")),
  value: v.number(),
});
export type Condition = Infer<typeof conditionValidator>;

export const variantOptionValidator = v.object({
  /** Stays the same for ever: rows name the option by it. */
  key: v.string(),
  label: v.string(),
  scoring: plainScoringValidator,
  when: v.optional(conditionValidator),
});
export type VariantOption = Infer<typeof variantOptionValidator>;

export const scoringValidator = v.union(
  ...plainScoringMembers,
  /** Units beyond the free ones of the day count, in the order the day's rows were made. */
  v.object({
    kind: v.literal("allowance"),
    metric: metricNameValidator,
    unit: unitValidator,
    freePerDay: v.number(),
    pointsPerUnit: v.number(),
  }),
  /** `default` is the key of the option that counts when none is chosen. */
  v.object({
    kind: v.literal("variants"),
    options: v.array(variantOptionValidator),
    default: v.string(),
  }),
);
export type Scoring = Infer<typeof scoringValidator>;

export const bonusValidator = v.union(
  v.object({
    kind: v.literal("threshold"),
    metric: metricNameValidator,
    unit: unitValidator,
    atLeast: v.number(),
    points: v.number(),
    label: v.string(),
  }),
  /** One live row per person, day and type carries it: the first that qualifies; without metric, unit and atLeast any does. */
  v.object({
    kind: v.literal("oncePerDay"),
    metric: v.optional(metricNameValidator),
    unit: v.optional(unitValidator),
    atLeast: v.optional(v.number()),
    points: v.number(),
    label: v.string(),
  }),
);
export type Bonus = Infer<typeof bonusValidator>;

/**
 * Counts are live rows of this type per person; weeks are numbered from 1 at the challenge's start. `maxPointsPerDay`
 * refuses nothing: it cuts what the type's rows of a day give together, either way.
 */
export const limitsValidator = v.object({
  maxPerDay: v.optional(v.number()),
  maxPerWeek: v.optional(v.number()),
  maxPerChallenge: v.optional(v.number()),
  maxPointsPerDay: v.optional(v.number()),
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
  kind: v.union(
    v.literal("base"),
    v.literal("bonus"),
    /** What the day cap of the type takes away. */
    v.literal("cap"),
    v.literal("streak"),
    v.literal("award"),
  ),
  label: v.string(),
  points: v.number(),
});
export type BreakdownLine = Infer<typeof breakdownLineValidator>;
