import type { Checked } from "../errors";
import type { MetricName, Metrics, Unit } from "../../tables/scoring";
import { accept, invalid } from "./checked";
import { ratioText, toScaled } from "./decimal";
import { METRIC_DECIMALS } from "./metrics";
import { UNIT_LABELS, unitSize } from "./units";

/**
 * Amounts as whole numbers. A measured metric is held in thousandths of its SI unit; an amount of a rule has 4 decimals
 * in a unit whose size is counted in ten-thousandths. `FINE` brings both to one scale, on which they compare exactly.
 */

/** Decimals a rate, a base or a bound of a rule may have. */
export const RATE_DECIMALS = 4;
export const RATE_SCALE = 10n ** BigInt(RATE_DECIMALS);
/** unitSize counts ten-thousandths, metrics are held in thousandths. */
const SIZE_PER_THOUSANDTH = 10n;
/** Fine parts of a thousandth of an SI unit. */
export const FINE = SIZE_PER_THOUSANDTH * RATE_SCALE;

/** An amount of a checked rule x 10^4. */
export function scaledRate(value: number): bigint {
  const scaled = toScaled(value, RATE_DECIMALS);
  if (scaled === null) throw new Error(`A rule was stored unchecked: ${value}`);
  return scaled;
}

/** A bound of a checked rule in fine parts of the SI unit. */
export function fineBound(value: number, unit: Unit): bigint {
  return scaledRate(value) * unitSize(unit);
}

/** A metric in thousandths, or which one is missing. */
export function thousandthsOf(metrics: Metrics, metric: MetricName): Checked<bigint> {
  const path = `metrics.${metric}`;
  const value = metrics[metric];
  if (value === undefined) return invalid(path, "is needed to score this activity");
  const thousandths = toScaled(value, METRIC_DECIMALS);
  if (thousandths === null || thousandths < 0n) return invalid(path, "is not a valid amount");
  return accept(thousandths);
}

/** Whether a metric reaches a bound; `thousandths` as `thousandthsOf` gives them. */
export function reaches(thousandths: bigint, atLeast: number, unit: Unit): boolean {
  return thousandths * FINE >= fineBound(atLeast, unit);
}

/** Whether a metric is within a bound. A bound that falls between two thousandths is met by the upper one, as `toCanonical` rounds. */
export function isWithin(thousandths: bigint, atMost: number, unit: Unit): boolean {
  return (thousandths - 1n) * FINE < fineBound(atMost, unit);
}

/** "7.2 km", "1 mile", "3" for pieces. */
export function amountText(numerator: bigint, denominator: bigint, unit: Unit): string {
  const amount = ratioText(numerator, denominator);
  const { one, many } = UNIT_LABELS[unit];
  return `${amount} ${amount === "1" ? one : many}`.trimEnd();
}

/** A measured metric in a unit, as text. */
export function measuredText(thousandths: bigint, unit: Unit): string {
  return amountText(thousandths * SIZE_PER_THOUSANDTH, unitSize(unit), unit);
}

/** A bound of a checked rule, as text. */
export function boundText(bound: number, unit: Unit): string {
  return amountText(scaledRate(bound), RATE_SCALE, unit);
}
