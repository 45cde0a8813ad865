import type { Checked } from "../errors";
import type { Bonus, Limits, MetricName, Rule, Scoring, Unit } from "../../tables/scoring";
import { checkName } from "../text";
import { accept, invalid } from "./checked";
import { toScaled } from "./decimal";
import { MAX_POINTS_PER_ACTIVITY, RATE_DECIMALS } from "./scoring";
import { METRIC_BOUNDS, unitsOf } from "./units";

/** Most tiers, and most bonuses, of one rule. */
export const MAX_TIERS = 20;
export const MAX_BONUSES = 20;
/** Most characters of a bonus label or a category. */
export const MAX_LABEL_LENGTH = 80;
/** Weeks of the longest challenge (366 days). */
export const MAX_WEEKS = 53;
/** Largest amount a bound of a rule may name, in its unit. */
const MAX_AMOUNT = 1_000_000;
/** No person can have more rows in a challenge, so a larger limit limits nothing. */
const MAX_COUNT = 2_000;

type Problem = Checked<never> | null;

/** The first problem of a list of checks made one after another. */
function firstProblem(checks: Iterable<Problem>): Problem {
  for (const problem of checks) if (problem) return problem;
  return null;
}

function decimalProblem(path: string, value: number, min: number, max: number): Problem {
  if (!Number.isFinite(value)) return invalid(path, "must be a number");
  if (Object.is(value, -0)) return invalid(path, "must not be minus zero");
  if (value < min || value > max) return invalid(path, `must be from ${min} to ${max}`);
  if (toScaled(value, RATE_DECIMALS) === null) {
    return invalid(path, `must have at most ${RATE_DECIMALS} decimals`);
  }
  return null;
}

function wholeProblem(path: string, value: number, min: number, max: number): Problem {
  const problem = decimalProblem(path, value, min, max);
  if (problem) return problem;
  return Number.isInteger(value) ? null : invalid(path, "must be a whole number");
}

function pointsProblem(path: string, value: number): Problem {
  return wholeProblem(path, value, -MAX_POINTS_PER_ACTIVITY, MAX_POINTS_PER_ACTIVITY);
}

function labelProblem(path: string, label: string): Problem {
  const checked = checkName(label, path, MAX_LABEL_LENGTH);
  if (!checked.ok) return checked;
  return checked.value === label ? null : invalid(path, "must be trimmed and have single blanks");
}

function measureProblem(path: string, metric: MetricName, unit: Unit): Problem {
  if (!Object.hasOwn(METRIC_BOUNDS, metric)) return invalid(`${path}.metric`, "is not a metric");
  return unitsOf(metric).includes(unit)
    ? null
    : invalid(`${path}.unit`, `is not a unit of ${metric}`);
}

type Tiers = Extract<Scoring, { kind: "tiered" }>["tiers"];

function* tierProblems(tiers: Tiers): Generator<Problem> {
  let below = -1;
  for (const [index, { atMost, points }] of tiers.entries()) {
    const path = `scoring.tiers.${index}`;
    yield pointsProblem(`${path}.points`, points);
    if (atMost === undefined) {
      const isLast = index === tiers.length - 1;
      yield isLast ? null : invalid(`${path}.atMost`, "may be open in the last tier only");
      continue;
    }
    yield decimalProblem(`${path}.atMost`, atMost, 0, MAX_AMOUNT);
    yield atMost > below ? null : invalid(`${path}.atMost`, "must be above the tier before");
    below = atMost;
  }
}

function* scoringProblems(scoring: Scoring): Generator<Problem> {
  switch (scoring.kind) {
    case "fixed":
      yield pointsProblem("scoring.points", scoring.points);
      return;
    case "perUnit": {
      const { metric, unit, pointsPerUnit, base, maxUnits } = scoring;
      const max = MAX_POINTS_PER_ACTIVITY;
      yield measureProblem("scoring", metric, unit);
      yield decimalProblem("scoring.pointsPerUnit", pointsPerUnit, -max, max);
      if (base !== undefined) yield decimalProblem("scoring.base", base, -max, max);
      if (maxUnits === undefined) return;
      yield decimalProblem("scoring.maxUnits", maxUnits, 0, MAX_AMOUNT);
      yield maxUnits > 0 ? null : invalid("scoring.maxUnits", "must be above 0");
      return;
    }
    case "tiered": {
      const count = scoring.tiers.length;
      yield measureProblem("scoring", scoring.metric, scoring.unit);
      if (count === 0) yield invalid("scoring.tiers", "must not be empty");
      if (count > MAX_TIERS) yield invalid("scoring.tiers", `must be at most ${MAX_TIERS}`);
      yield* tierProblems(scoring.tiers);
      return;
    }
    default:
      yield invalid("scoring.kind", "is not a kind of scoring");
  }
}

function* bonusProblems(bonuses: readonly Bonus[]): Generator<Problem> {
  if (bonuses.length > MAX_BONUSES) yield invalid("bonuses", `must be at most ${MAX_BONUSES}`);
  for (const [index, bonus] of bonuses.entries()) {
    const path = `bonuses.${index}`;
    if (bonus.kind !== "threshold") yield invalid(`${path}.kind`, "is not a kind of bonus");
    yield measureProblem(path, bonus.metric, bonus.unit);
    yield decimalProblem(`${path}.atLeast`, bonus.atLeast, 0, MAX_AMOUNT);
    yield pointsProblem(`${path}.points`, bonus.points);
    yield labelProblem(`${path}.label`, bonus.label);
  }
}

function* limitProblems(limits: Limits): Generator<Problem> {
  for (const name of ["maxPerDay", "maxPerWeek", "maxPerChallenge"] as const) {
    const max = limits[name];
    if (max !== undefined) yield wholeProblem(`limits.${name}`, max, 1, MAX_COUNT);
  }
  const { validWeeks } = limits;
  if (!validWeeks) return;
  if (validWeeks.length === 0) yield invalid("limits.validWeeks", "must not be empty");
  for (const [index, week] of validWeeks.entries()) {
    const path = `limits.validWeeks.${index}`;
    yield wholeProblem(path, week, 1, MAX_WEEKS);
    yield validWeeks.indexOf(week) === index ? null : invalid(path, "is named twice");
  }
}

function* ruleProblems(rule: Rule): Generator<Problem> {
  yield* scoringProblems(rule.scoring);
  yield* bonusProblems(rule.bonuses);
  yield* limitProblems(rule.limits);
  if (rule.category !== undefined) yield labelProblem("category", rule.category);
}

/**
 * A rule as an organiser wants to save it, or INVALID_INPUT with the path of the first field at fault
 * (`scoring.tiers.1.atMost`). Refuses a unit that does not measure the metric; rates, bases and bounds that are not
 * finite, are -0 or have more than 4 decimals; points that are not whole or beyond +-1,000,000; tiers that do not
 * ascend, or are open before the last; negative bounds; more than 20 tiers or bonuses; empty or long labels; limits below 1;
 * weeks outside 1 to 53. A rule that passed can be scored for ever.
 */
export function checkRule(rule: Rule): Checked<Rule> {
  return firstProblem(ruleProblems(rule)) ?? accept(rule);
}
