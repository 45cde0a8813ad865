import type { Checked } from "../errors";
import type { BreakdownLine, MetricName, Metrics, Rule, Scoring, Unit } from "../../tables/scoring";
import { accept, invalid } from "./checked";
import { divideHalfAway, ratioText, toScaled } from "./decimal";
import { METRIC_DECIMALS } from "./metrics";
import { UNIT_LABELS, unitSize } from "./units";

/** Decimals a rate, a base or a bound of a rule may have. */
export const RATE_DECIMALS = 4;
/** Most points one activity can give or take. */
export const MAX_POINTS_PER_ACTIVITY = 1_000_000;

const RATE_SCALE = 10n ** BigInt(RATE_DECIMALS);
/** unitSize counts ten-thousandths, metrics are held in thousandths. */
const SIZE_PER_THOUSANDTH = 10n;

/** What an activity earns, and why. */
export interface Score {
  points: number;
  /** Add up to `points`; the base line first, then each bonus that was reached. */
  lines: BreakdownLine[];
}

function scaledRate(value: number): bigint {
  const scaled = toScaled(value, RATE_DECIMALS);
  if (scaled === null) throw new Error(`A rule was stored unchecked: ${value}`);
  return scaled;
}

/** A metric in thousandths, or which one is missing. */
function thousandthsOf(metrics: Metrics, metric: MetricName): Checked<bigint> {
  const path = `metrics.${metric}`;
  const value = metrics[metric];
  if (value === undefined) return invalid(path, "is needed to score this activity");
  const thousandths = toScaled(value, METRIC_DECIMALS);
  if (thousandths === null || thousandths < 0n) return invalid(path, "is not a valid amount");
  return accept(thousandths);
}

/** "7.2 km", "1 mile", "3" for pieces. */
function amountText(numerator: bigint, denominator: bigint, unit: Unit): string {
  const amount = ratioText(numerator, denominator);
  const { one, many } = UNIT_LABELS[unit];
  return `${amount} ${amount === "1" ? one : many}`.trimEnd();
}

function measuredText(thousandths: bigint, unit: Unit): string {
  return amountText(thousandths * SIZE_PER_THOUSANDTH, unitSize(unit), unit);
}

function boundText(bound: number, unit: Unit): string {
  return amountText(scaledRate(bound), RATE_SCALE, unit);
}

type PerUnit = Extract<Scoring, { kind: "perUnit" }>;
type Tiered = Extract<Scoring, { kind: "tiered" }>;
interface Base {
  points: bigint;
  label: string;
}

function scorePerUnit(scoring: PerUnit, metrics: Metrics): Checked<Base> {
  const measured = thousandthsOf(metrics, scoring.metric);
  if (!measured.ok) return measured;
  const { unit } = scoring;
  // units = numerator / denominator, and the points are one fraction until the single rounding at the end.
  const denominator = unitSize(unit) * RATE_SCALE;
  const full = measured.value * SIZE_PER_THOUSANDTH * RATE_SCALE;
  const cap = scoring.maxUnits === undefined ? full : scaledRate(scoring.maxUnits) * unitSize(unit);
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

/** Whether a metric is within a tier's bound. A bound that falls between two thousandths is met by the upper one, as `toCanonical` rounds. */
function isWithin(thousandths: bigint, atMost: number, unit: Unit): boolean {
  const perThousandth = RATE_SCALE * SIZE_PER_THOUSANDTH;
  return (thousandths - 1n) * perThousandth < scaledRate(atMost) * unitSize(unit);
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

function scoreBase(scoring: Scoring, metrics: Metrics): Checked<Base> {
  switch (scoring.kind) {
    case "fixed":
      return accept({ points: BigInt(scoring.points), label: "Fixed points" });
    case "perUnit":
      return scorePerUnit(scoring, metrics);
    case "tiered":
      return scoreTiered(scoring, metrics);
  }
}

/** One line per bonus reached. A bonus whose metric the activity lacks is not reached: bonuses are extra, never required. */
function bonusLines(rule: Rule, metrics: Metrics): BreakdownLine[] {
  const lines: BreakdownLine[] = [];
  for (const { metric, unit, atLeast, points, label } of rule.bonuses) {
    const value = metrics[metric];
    if (value === undefined) continue;
    const thousandths = toScaled(value, METRIC_DECIMALS) ?? 0n;
    const reached =
      thousandths * RATE_SCALE * SIZE_PER_THOUSANDTH >= scaledRate(atLeast) * unitSize(unit);
    if (reached) lines.push({ kind: "bonus", label, points });
  }
  return lines;
}

/**
 * The points of one activity by a checked rule (`checkRule`) and checked metrics (`checkMetrics`).
 *
 * Exact: every amount is a fraction of whole numbers, rounded once, halves away from zero (0.7/min x 45 min = 32).
 * Tiers: the first whose bound is not exceeded; beyond a closed last tier the activity earns 0, because it did
 * happen and the organiser chose to end the table there. Negative types score -|base| and get no bonuses.
 * Refuses a missing metric (INVALID_INPUT, `metrics.<name>`) and more than a million points either way
 * (LIMIT_REACHED, `pointsPerActivity`).
 */
export function scoreActivity(rule: Rule, metrics: Metrics): Checked<Score> {
  const base = scoreBase(rule.scoring, metrics);
  if (!base.ok) return base;
  const { points: value, label } = base.value;
  const signed = rule.isNegative && value > 0n ? -value : value;
  const lines: BreakdownLine[] = [{ kind: "base", label, points: Number(signed) }];
  if (!rule.isNegative) lines.push(...bonusLines(rule, metrics));
  const points = lines.reduce((sum, line) => sum + line.points, 0);
  if (Math.abs(points) > MAX_POINTS_PER_ACTIVITY) {
    const refusal = { code: "LIMIT_REACHED", limit: "pointsPerActivity" } as const;
    return { ok: false, refusal: { ...refusal, max: MAX_POINTS_PER_ACTIVITY } };
  }
  return accept({ points, lines });
}
