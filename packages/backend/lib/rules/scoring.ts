import type { Checked } from "../errors";
import type {
  Bonus,
  BreakdownLine,
  Metrics,
  PlainScoring,
  Rule,
  Scoring,
} from "../../tables/scoring";
import {
  amountText,
  boundText,
  FINE,
  fineBound,
  isWithin,
  measuredText,
  RATE_SCALE,
  reaches,
  scaledRate,
  thousandthsOf,
} from "./amounts";
import { accept, invalid } from "./checked";
import { DayShare, type DayUse } from "./dayShare";
import { divideHalfAway } from "./decimal";
import { METRIC_DECIMALS } from "./metrics";
import { UNIT_LABELS, unitSize } from "./units";
import { chosenOption } from "./variants";

/** Most points one activity can give or take. */
export const MAX_POINTS_PER_ACTIVITY = 1_000_000;

/** What an activity earns, and why. */
export interface Score extends DayUse {
  points: number;
  /** Add up to `points`; the base line first, then each bonus that was reached, then what the day cap takes away. */
  lines: BreakdownLine[];
  /** Where the rule has bonuses once a day. */
  carriedBonuses?: string[];
}

type PerUnit = Extract<Scoring, { kind: "perUnit" }>;
type Tiered = Extract<Scoring, { kind: "tiered" }>;
type Allowance = Extract<Scoring, { kind: "allowance" }>;
interface Base {
  points: bigint;
  label: string;
  /** Thousandths taken of the free amount. */
  freeUsed?: bigint;
}

function scorePerUnit(scoring: PerUnit, metrics: Metrics): Checked<Base> {
  const measured = thousandthsOf(metrics, scoring.metric);
  if (!measured.ok) return measured;
  const { unit } = scoring;
  // units = numerator / denominator, and the points are one fraction until the single rounding at the end.
  const denominator = unitSize(unit) * RATE_SCALE;
  const full = measured.value * FINE;
  const cap = scoring.maxUnits === undefined ? full : fineBound(scoring.maxUnits, unit);
  const counted = cap < full ? cap : full;
  const base = scaledRate(scoring.base ?? 0);
  const points = divideHalfAway(
    base * denominator + scaledRate(scoring.pointsPerUnit) * counted,
    RATE_SCALE * denominator,
  );

  const amount = amountText(counted, denominator, unit);
  const capped = counted < full ? ` (of ${amountText(full, denominator, unit)})` : "";
  const per = UNIT_LABELS[unit].one && `/${UNIT_LABELS[unit].one}`;
  const product = `${amount}${capped} x ${scoring.pointsPerUnit}${per}`;
  return accept({ points, label: base === 0n ? product : `${scoring.base} + ${product}` });
}

function scoreTiered({ metric, unit, tiers }: Tiered, metrics: Metrics): Checked<Base> {
  const measured = thousandthsOf(metrics, metric);
  if (!measured.ok) return measured;
  const amount = measuredText(measured.value, unit);
  let below: number | undefined;
  for (const { atMost, points } of tiers) {
    if (atMost === undefined) {
      const range = below === undefined ? "any amount" : `over ${boundText(below, unit)}`;
      return accept({ points: BigInt(points), label: `${amount}: ${range}` });
    }
    if (isWithin(measured.value, atMost, unit)) {
      const label = `${amount}: up to ${boundText(atMost, unit)}`;
      return accept({ points: BigInt(points), label });
    }
    below = atMost;
  }
  return accept({ points: 0n, label: `${amount}: over the last tier, no points` });
}

function scoreAllowance(scoring: Allowance, metrics: Metrics, day: DayShare): Checked<Base> {
  const { metric, unit, pointsPerUnit } = scoring;
  const measured = thousandthsOf(metrics, metric);
  if (!measured.ok) return measured;
  const denominator = unitSize(unit) * RATE_SCALE;
  const full = measured.value * FINE;
  const left = day.freeLeft(scoring);
  const free = left < full ? left : full;
  const counted = full - free;
  const points = divideHalfAway(scaledRate(pointsPerUnit) * counted, RATE_SCALE * denominator);

  const amount = amountText(counted, denominator, unit);
  const freeText = amountText(free, denominator, unit);
  const of = free > 0n ? ` (of ${amountText(full, denominator, unit)}, ${freeText} free)` : "";
  const per = UNIT_LABELS[unit].one && `/${UNIT_LABELS[unit].one}`;
  return accept({
    points,
    label: `${amount}${of} x ${pointsPerUnit}${per}`,
    // A remainder finer than a thousandth is used up with the row that reaches it.
    freeUsed: (free + FINE - 1n) / FINE,
  });
}

function scorePlain(scoring: PlainScoring, metrics: Metrics): Checked<Base> {
  switch (scoring.kind) {
    case "fixed":
      return accept({ points: BigInt(scoring.points), label: "Fixed points" });
    case "perUnit":
      return scorePerUnit(scoring, metrics);
    case "tiered":
      return scoreTiered(scoring, metrics);
  }
}

function scoreBase(
  scoring: Scoring,
  metrics: Metrics,
  { variant, day }: { variant: string | undefined; day: DayShare },
): Checked<Base> {
  if (scoring.kind === "variants") {
    const option = chosenOption(scoring, variant, metrics);
    if (!option.ok) return option;
    const base = scorePlain(option.value.scoring, metrics);
    if (!base.ok) return base;
    return accept({ ...base.value, label: `${option.value.label}: ${base.value.label}` });
  }
  if (variant !== undefined) return invalid("variant", "this activity type has no options");
  return scoring.kind === "allowance"
    ? scoreAllowance(scoring, metrics, day)
    : scorePlain(scoring, metrics);
}

/** Bonuses are extra, never required: one whose metric the activity lacks is not reached. */
function isReached({ metric, unit, atLeast }: Bonus, metrics: Metrics): boolean {
  if (metric === undefined || unit === undefined || atLeast === undefined) return true;
  const measured = thousandthsOf(metrics, metric);
  return measured.ok && reaches(measured.value, atLeast, unit);
}

/** The bonuses an activity gets, in the rule's order. */
function bonusesOf({ bonuses, isNegative }: Rule, metrics: Metrics, day: DayShare): Bonus[] {
  if (isNegative) return [];
  return bonuses.filter(
    (bonus) =>
      isReached(bonus, metrics) && (bonus.kind === "threshold" || !day.isCarried(bonus.label)),
  );
}

/** What the row keeps of its day, for the rows after it; only what its rule has. */
function dayUseOf(rule: Rule, bonuses: Bonus[], freeUsed: bigint | undefined): Partial<Score> {
  const isOnce = ({ kind }: Bonus) => kind === "oncePerDay";
  return {
    ...(!rule.isNegative && rule.bonuses.some(isOnce)
      ? { carriedBonuses: bonuses.filter(isOnce).map(({ label }) => label) }
      : {}),
    ...(freeUsed === undefined ? {} : { allowanceUsed: Number(freeUsed) / 10 ** METRIC_DECIMALS }),
  };
}

/**
 * The points of one activity before the cap of its day, by a checked rule (`checkRule`) and checked metrics
 * (`checkMetrics`).
 *
 * Exact: every amount is a fraction of whole numbers, rounded once, halves away from zero (0.7/min x 45 min = 32).
 * Tiers: the first whose bound is not exceeded; beyond a closed last tier the activity earns 0, because it did
 * happen and the organiser chose to end the table there. Negative types score -|base| and get no bonuses.
 * Refuses a missing metric (INVALID_INPUT, `metrics.<name>`), an option that is unknown or does not fit
 * (INVALID_INPUT, `variant`) and more than a million points either way (LIMIT_REACHED, `pointsPerActivity`).
 *
 * @param deed.day what the rows of the type and day before this one leave; a rule that is not day-dependent needs none
 */
export function scoreUncapped(
  rule: Rule,
  metrics: Metrics,
  deed: { variant?: string; day?: DayShare } = {},
): Checked<Score> {
  const { variant, day = new DayShare() } = deed;
  const base = scoreBase(rule.scoring, metrics, { variant, day });
  if (!base.ok) return base;
  const { points: value, label, freeUsed } = base.value;
  const signed = rule.isNegative && value > 0n ? -value : value;
  const bonuses = bonusesOf(rule, metrics, day);
  const lines: BreakdownLine[] = [{ kind: "base", label, points: Number(signed) }];
  for (const bonus of bonuses)
    lines.push({ kind: "bonus", label: bonus.label, points: bonus.points });
  const points = lines.reduce((sum, line) => sum + line.points, 0);
  if (Math.abs(points) > MAX_POINTS_PER_ACTIVITY) {
    const refusal = { code: "LIMIT_REACHED", limit: "pointsPerActivity" } as const;
    return { ok: false, refusal: { ...refusal, max: MAX_POINTS_PER_ACTIVITY } };
  }
  return accept({ points, lines, ...dayUseOf(rule, bonuses, freeUsed) });
}

/**
 * A score of which the day cap leaves `points`; a line of its own says what it takes away.
 *
 * @param cap points a day of the type, either way
 */
export function cutScore(score: Score, points: number, cap: number): Score {
  if (points === score.points) return score;
  const cut = { kind: "cap" as const, label: `At most ${cap} a day` };
  const lines = [...score.lines, { ...cut, points: points - score.points }];
  return { ...score, points, lines };
}
