import { METRIC_LABELS, type METRIC_NAMES, UNIT_LABELS } from "@milepost/backend/rules/units";
import type { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { formatCount, formatNumber, formatPoints, formatSigned } from "./format";

/** The part of an activity type that decides its points. */
export type Rule = (typeof STARTER_TYPES)[number]["rule"];
type Scoring = Rule["scoring"];
type VariantOption = Extract<Scoring, { kind: "variants" }>["options"][number];
type Condition = NonNullable<VariantOption["when"]>;
export type MetricName = (typeof METRIC_NAMES)[number];
export type Unit = keyof typeof UNIT_LABELS;

/** What a metric is called in forms and lists. */
export function metricLabel(metric: MetricName): string {
  return metric === "moving_s" ? "Active time" : METRIC_LABELS[metric];
}

/** An amount with its unit: "5.2 km", "1 mile", "3". */
export function formatAmount(amount: number, unit: Unit): string {
  const { one, many } = UNIT_LABELS[unit];
  return `${formatNumber(amount)} ${amount === 1 ? one : many}`.trimEnd();
}

/** What one unit of a metric is called: "mile", "min", and for pieces the metric itself: "step". */
function oneUnit(metric: MetricName, unit: Unit): string {
  if (unit !== "each") return UNIT_LABELS[unit].one;
  return metric === "steps" ? "step" : "piece";
}

/** How an activity earns its base points, in words without a full stop. */
export function scoringWords(scoring: Scoring, isNegative: boolean): string {
  const signed = (points: number): string => formatPoints(isNegative ? -Math.abs(points) : points);
  switch (scoring.kind) {
    case "fixed":
      return `${signed(scoring.points)} each time`;
    case "perUnit": {
      const { metric, unit, pointsPerUnit, base, maxUnits } = scoring;
      const rate = `${signed(pointsPerUnit)} per ${oneUnit(metric, unit)}`;
      const extra = base === undefined || base === 0 ? "" : `, ${signed(base)} to begin with`;
      const cap = maxUnits === undefined ? "" : `, up to ${formatAmount(maxUnits, unit)}`;
      return rate + extra + cap;
    }
    case "tiered":
      return scoring.tiers
        .map(({ atMost, points }) =>
          atMost === undefined
            ? `${signed(points)} above that`
            : `${signed(points)} up to ${formatAmount(atMost, scoring.unit)}`,
        )
        .join("; ");
    case "allowance": {
      const { metric, unit, freePerDay, pointsPerUnit } = scoring;
      const rate = `${signed(pointsPerUnit)} per ${oneUnit(metric, unit)}`;
      return freePerDay === 0 ? rate : `${rate} after ${formatAmount(freePerDay, unit)} free a day`;
    }
    case "variants":
      return scoring.options
        .map((option) => `${optionWords(option)}: ${scoringWords(option.scoring, isNegative)}`)
        .join("; ");
  }
}

const CONDITION_WORDS: Record<Condition["op"], string> = {
  atLeast: "from",
  atMost: "up to",
  below: "below",
  above: "above",
};

/** An option with what it asks for: "Long (from 10 km)". */
export function optionWords({ label, when }: Pick<VariantOption, "label" | "when">): string {
  if (when === undefined) return label;
  return `${label} (${CONDITION_WORDS[when.op]} ${formatAmount(when.value, when.unit)})`;
}

/** Each bonus of a rule in words: "Half marathon: +25 from 21.098 km", "Early bird: +5 once a day". */
export function bonusWords({ bonuses }: Pick<Rule, "bonuses">): string[] {
  return bonuses.map(({ kind, label, points, atLeast, unit }) => {
    const once = kind === "oncePerDay" ? " once a day" : "";
    const from =
      atLeast === undefined || unit === undefined ? "" : ` from ${formatAmount(atLeast, unit)}`;
    return `${label}: ${formatSigned(points)}${once}${from}`;
  });
}

/** Each limit of a rule in words: "at most 2 a day". */
export function limitWords({ limits }: Pick<Rule, "limits">): string[] {
  const { maxPerDay, maxPerWeek, maxPerChallenge, maxPointsPerDay, validWeeks, finalDaysOnly } =
    limits;
  return [
    maxPerDay === undefined ? null : `at most ${maxPerDay} a day`,
    maxPerWeek === undefined ? null : `at most ${maxPerWeek} a week`,
    maxPerChallenge === undefined ? null : `at most ${maxPerChallenge} in the challenge`,
    maxPointsPerDay === undefined ? null : `at most ${formatPoints(maxPointsPerDay)} a day`,
    validWeeks === undefined
      ? null
      : `in ${formatCount(validWeeks.length, "week")}: ${validWeeks.join(", ")}`,
    finalDaysOnly === true ? "in the final days only" : null,
  ].filter((words) => words !== null);
}
