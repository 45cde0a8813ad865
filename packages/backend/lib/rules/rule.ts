import type { Checked } from "../errors";
import type {
  Bonus,
  Condition,
  Limits,
  MetricName,
  PlainScoring,
  Rule,
  Scoring,
  Unit,
} from "../../tables/scoring";
import { checkName } from "../text";
import { RATE_DECIMALS } from "./amounts";
import { accept, invalid } from "./checked";
import { toScaled } from "./decimal";
import { MAX_POINTS_PER_ACTIVITY } from "./scoring";
import { METRIC_BOUNDS, unitsOf } from "./units";

/** Most tiers, most options and most bonuses of one rule. */
export const MAX_TIERS = 20;
export const MAX_OPTIONS = 20;
export const MAX_BONUSES = 20;
/** Most characters of a bonus label or a category. */
export const MAX_LABEL_LENGTH = 80;
/** Weeks of the longest challenge (366 days). */
export const MAX_WEEKS = 53;
/** Largest amount a bound of a rule may name, in its unit. */
export const MAX_AMOUNT = 1_000_000;
/** No person can have more rows in a challenge, so a larger limit limits nothing. */
const MAX_COUNT = 2_000;

/** What is wrong with a field, or null. */
export type Problem = Checked<never> | null;

/** The first problem of a list of checks made one after another. */
export function firstProblem(checks: Iterable<Problem>): Problem {
  for (const problem of checks) if (problem) return problem;
  return null;
}

/** A number from `min` to `max` with at most 4 decimals, and not -0. */
export function decimalProblem(path: string, value: number, min: number, max: number): Problem {
  if (!Number.isFinite(value)) return invalid(path, "must be a number");
  if (Object.is(value, -0)) return invalid(path, "must not be minus zero");
  if (value < min || value > max) return invalid(path, `must be from ${min} to ${max}`);
  if (toScaled(value, RATE_DECIMALS) === null) {
    return invalid(path, `must have at most ${RATE_DECIMALS} decimals`);
  }
  return null;
}

/** A whole number from `min` to `max`, and not -0. */
export function wholeProblem(path: string, value: number, min: number, max: number): Problem {
  const problem = decimalProblem(path, value, min, max);
  if (problem) return problem;
  return Number.isInteger(value) ? null : invalid(path, "must be a whole number");
}

/** Whole points, at most a million either way. */
export function pointsProblem(path: string, value: number): Problem {
  return wholeProblem(path, value, -MAX_POINTS_PER_ACTIVITY, MAX_POINTS_PER_ACTIVITY);
}

function labelProblem(path: string, label: string): Problem {
  const checked = checkName(label, path, MAX_LABEL_LENGTH);
  if (!checked.ok) return checked;
  return checked.value === label ? null : invalid(path, "must be trimmed and have single blanks");
}

/** A metric in a unit that measures it; `path` is that of the object holding both. */
export function measureProblem(path: string, metric: MetricName, unit: Unit): Problem {
  if (!Object.hasOwn(METRIC_BOUNDS, metric)) return invalid(`${path}.metric`, "is not a metric");
  return unitsOf(metric).includes(unit)
    ? null
    : invalid(`${path}.unit`, `is not a unit of ${metric}`);
}

type Tiers = Extract<Scoring, { kind: "tiered" }>["tiers"];

function* tierProblems(path: string, tiers: Tiers): Generator<Problem> {
  if (tiers.length === 0) yield invalid(path, "must not be empty");
  if (tiers.length > MAX_TIERS) yield invalid(path, `must be at most ${MAX_TIERS}`);
  let below = -1;
  for (const [index, { atMost, points }] of tiers.entries()) {
    const tier = `${path}.${index}`;
    yield pointsProblem(`${tier}.points`, points);
    if (atMost === undefined) {
      const isLast = index === tiers.length - 1;
      yield isLast ? null : invalid(`${tier}.atMost`, "may be open in the last tier only");
      continue;
    }
    yield decimalProblem(`${tier}.atMost`, atMost, 0, MAX_AMOUNT);
    yield atMost > below ? null : invalid(`${tier}.atMost`, "must be above the tier before");
    below = atMost;
  }
}

function rateProblem(path: string, value: number): Problem {
  return decimalProblem(path, value, -MAX_POINTS_PER_ACTIVITY, MAX_POINTS_PER_ACTIVITY);
}

function* plainProblems(path: string, scoring: PlainScoring): Generator<Problem> {
  switch (scoring.kind) {
    case "fixed":
      yield pointsProblem(`${path}.points`, scoring.points);
      return;
    case "perUnit": {
      const { metric, unit, pointsPerUnit, base, maxUnits } = scoring;
      yield measureProblem(path, metric, unit);
      yield rateProblem(`${path}.pointsPerUnit`, pointsPerUnit);
      if (base !== undefined) yield rateProblem(`${path}.base`, base);
      if (maxUnits === undefined) return;
      yield decimalProblem(`${path}.maxUnits`, maxUnits, 0, MAX_AMOUNT);
      yield maxUnits > 0 ? null : invalid(`${path}.maxUnits`, "must be above 0");
      return;
    }
    case "tiered":
      yield measureProblem(path, scoring.metric, scoring.unit);
      yield* tierProblems(`${path}.tiers`, scoring.tiers);
      return;
    default:
      yield invalid(`${path}.kind`, "is not a kind of scoring");
  }
}

const OPERATORS: ReadonlyArray<Condition["op"]> = ["atLeast", "atMost", "below", "above"];

function* conditionProblems(path: string, condition: Condition): Generator<Problem> {
  yield measureProblem(path, condition.metric, condition.unit);
  yield OPERATORS.includes(condition.op) ? null : invalid(`${path}.op`, "is not a comparison");
  yield decimalProblem(`${path}.value`, condition.value, 0, MAX_AMOUNT);
}

const OPTION_KEY = /^[A-Za-z0-9_-]{1,40}$/;

function* variantProblems({
  options,
  default: byDefault,
}: Extract<Scoring, { kind: "variants" }>): Generator<Problem> {
  if (options.length === 0) yield invalid("scoring.options", "must not be empty");
  if (options.length > MAX_OPTIONS)
    yield invalid("scoring.options", `must be at most ${MAX_OPTIONS}`);
  const keys = options.map(({ key }) => key);
  for (const [index, { key, label, scoring, when }] of options.entries()) {
    const path = `scoring.options.${index}`;
    if (!OPTION_KEY.test(key))
      yield invalid(`${path}.key`, "must be 1 to 40 letters, digits, - and _");
    if (keys.indexOf(key) !== index) yield invalid(`${path}.key`, "is used twice");
    yield labelProblem(`${path}.label`, label);
    yield* plainProblems(`${path}.scoring`, scoring);
    if (when) yield* conditionProblems(`${path}.when`, when);
  }
  if (!keys.includes(byDefault)) yield invalid("scoring.default", "is the key of no option");
}

function* scoringProblems(scoring: Scoring): Generator<Problem> {
  switch (scoring.kind) {
    case "allowance":
      yield measureProblem("scoring", scoring.metric, scoring.unit);
      yield decimalProblem("scoring.freePerDay", scoring.freePerDay, 0, MAX_AMOUNT);
      yield rateProblem("scoring.pointsPerUnit", scoring.pointsPerUnit);
      return;
    case "variants":
      yield* variantProblems(scoring);
      return;
    default:
      yield* plainProblems("scoring", scoring);
  }
}

function* thresholdProblems(path: string, bonus: Bonus): Generator<Problem> {
  const { metric, unit, atLeast } = bonus;
  const isOpen = metric === undefined && unit === undefined && atLeast === undefined;
  if (bonus.kind === "oncePerDay" && isOpen) return;
  if (metric === undefined || unit === undefined || atLeast === undefined) {
    const missing = metric === undefined ? "metric" : unit === undefined ? "unit" : "atLeast";
    yield invalid(`${path}.${missing}`, "must be given with the other two: metric, unit, atLeast");
    return;
  }
  yield measureProblem(path, metric, unit);
  yield decimalProblem(`${path}.atLeast`, atLeast, 0, MAX_AMOUNT);
}

function* bonusProblems(bonuses: readonly Bonus[]): Generator<Problem> {
  if (bonuses.length > MAX_BONUSES) yield invalid("bonuses", `must be at most ${MAX_BONUSES}`);
  const onceLabels = new Set<string>();
  for (const [index, bonus] of bonuses.entries()) {
    const path = `bonuses.${index}`;
    const { kind, points, label } = bonus;
    if (kind !== "threshold" && kind !== "oncePerDay")
      yield invalid(`${path}.kind`, "is not a kind of bonus");
    yield* thresholdProblems(path, bonus);
    yield pointsProblem(`${path}.points`, points);
    yield labelProblem(`${path}.label`, label);
    if (kind !== "oncePerDay") continue;
    // Rows say by its label which bonus of the day they carry.
    yield onceLabels.has(label) ? invalid(`${path}.label`, "is used twice") : null;
    onceLabels.add(label);
  }
}

function* limitProblems(limits: Limits): Generator<Problem> {
  for (const name of ["maxPerDay", "maxPerWeek", "maxPerChallenge"] as const) {
    const max = limits[name];
    if (max !== undefined) yield wholeProblem(`limits.${name}`, max, 1, MAX_COUNT);
  }
  const { validWeeks, maxPointsPerDay: cap } = limits;
  if (cap !== undefined)
    yield wholeProblem("limits.maxPointsPerDay", cap, 1, MAX_POINTS_PER_ACTIVITY);
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

/** A type that something new is to count as: INVALID_INPUT when it is retired. */
export function checkOffered<Type extends { isRetired?: true }>(type: Type): Checked<Type> {
  return type.isRetired === true
    ? invalid("activityTypeId", "is no longer offered in this challenge")
    : accept(type);
}

/**
 * A rule as an organiser wants to save it, or INVALID_INPUT with the path of the first field at fault
 * (`scoring.tiers.1.atMost`). Refuses a unit that does not measure the metric; rates, bases and bounds that are not
 * finite, are -0 or have more than 4 decimals; points that are not whole or beyond +-1,000,000; tiers that do not
 * ascend, or are open before the last; negative bounds; options without a key of their own, and a default that is none;
 * a half-said threshold; two once-a-day bonuses of one label; more than 20 tiers, options or bonuses; empty or long
 * labels; limits below 1; weeks outside 1 to 53. A rule that passed can be scored for ever.
 */
export function checkRule(rule: Rule): Checked<Rule> {
  return firstProblem(ruleProblems(rule)) ?? accept(rule);
}
