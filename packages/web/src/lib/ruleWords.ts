import { METRIC_LABELS, UNIT_LABELS } from "@milepost/backend/rules/units";
import type { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { formatCount, formatNumber, formatPoints, formatSigned } from "./format";

/** The part of an activity type that decides its points. */
export type Rule = (typeof STARTER_TYPES)[number]["rule"];
type Scoring = Rule["scoring"];
export type MetricName = Rule["bonuses"][number]["metric"];
export type Unit = Rule["bonuses"][number]["unit"];

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
  }
}

/** Each bonus of a rule in words: "Half marathon: +25 from 21.098 km". */
export function bonusWords({ bonuses }: Pick<Rule, "bonuses">): string[] {
  return bonuses.map(
    ({ label, points, atLeast, unit }) =>
      `${label}: ${formatSigned(points)} from ${formatAmount(atLeast, unit)}`,
  );
}

/** Each limit of a rule in words: "at most 2 a day". */
export function limitWords({ limits }: Pick<Rule, "limits">): string[] {
  const { maxPerDay, maxPerWeek, maxPerChallenge, validWeeks, finalDaysOnly } = limits;
  return [
    maxPerDay === undefined ? null : `at most ${maxPerDay} a day`,
    maxPerWeek === undefined ? null : `at most ${maxPerWeek} a week`,
    maxPerChallenge === undefined ? null : `at most ${maxPerChallenge} in the challenge`,
    validWeeks === undefined
      ? null
      : `in ${formatCount(validWeeks.length, "week")}: ${validWeeks.join(", ")}`,
    finalDaysOnly === true ? "in the final days only" : null,
  ].filter((words) => words !== null);
}
