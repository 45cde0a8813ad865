import type { MetricName, Unit } from "../../tables/scoring";

/** The metrics of an activity, in the order forms show them. */
export const METRIC_NAMES = [
  "distance_m",
  "moving_s",
  "duration_s",
  "elevation_m",
  "count",
  "steps",
  "units",
] as const satisfies readonly MetricName[];

/** Largest value of one activity, in the metric's own unit (metres, seconds, pieces). */
export const METRIC_BOUNDS: Readonly<Record<MetricName, number>> = {
  distance_m: 1_000_000,
  moving_s: 86_400,
  duration_s: 86_400,
  elevation_m: 20_000,
  count: 100_000,
  steps: 200_000,
  units: 1_000,
};

/** What a person reads for a metric. */
export const METRIC_LABELS: Readonly<Record<MetricName, string>> = {
  distance_m: "Distance",
  moving_s: "Moving time",
  duration_s: "Elapsed time",
  elevation_m: "Elevation gain",
  count: "Count",
  steps: "Steps",
  units: "Units",
};

/** What a person reads beside an amount: "3.1 miles", "7.5/mile". `each` has no name: "3 x 5". */
export const UNIT_LABELS: Readonly<Record<Unit, { one: string; many: string }>> = {
  m: { one: "m", many: "m" },
  km: { one: "km", many: "km" },
  mile: { one: "mile", many: "miles" },
  foot: { one: "ft", many: "ft" },
  second: { one: "s", many: "s" },
  minute: { one: "min", many: "min" },
  hour: { one: "h", many: "h" },
  each: { one: "", many: "" },
};

/** Size of each unit in ten-thousandths of the metric's own unit: 1 mile = 1609.344 m and 1 ft = 0.3048 m exactly. */
const UNIT_SIZES: Readonly<Record<Unit, bigint>> = {
  m: 10_000n,
  km: 10_000_000n,
  mile: 16_093_440n,
  foot: 3_048n,
  second: 10_000n,
  minute: 600_000n,
  hour: 36_000_000n,
  each: 10_000n,
};

const LENGTHS: readonly Unit[] = ["km", "mile", "m", "foot"];
const TIMES: readonly Unit[] = ["minute", "hour", "second"];
const PIECES: readonly Unit[] = ["each"];

const UNITS_BY_METRIC: Readonly<Record<MetricName, readonly Unit[]>> = {
  distance_m: LENGTHS,
  elevation_m: ["m", "foot", "km", "mile"],
  moving_s: TIMES,
  duration_s: TIMES,
  count: PIECES,
  steps: PIECES,
  units: PIECES,
};

/** The units a metric can be counted in, the usual one first. */
export function unitsOf(metric: MetricName): readonly Unit[] {
  return UNITS_BY_METRIC[metric];
}

/** Size of a unit in ten-thousandths of the metric's own unit (m, s or one piece); exact. */
export function unitSize(unit: Unit): bigint {
  return UNIT_SIZES[unit];
}

/** Below this a remainder is the rounding of a converted number, not a distance someone typed. */
const NOISE = 20_000_000n;
const PER_THOUSANDTH = 10_000_000_000n;

/**
 * An amount typed in `unit` as a canonical metric (m, s or pieces) with at most 3 decimals.
 * Rounded up to the next thousandth, so that what was typed is never lost: 2.6 miles at 7.5 a mile are 19.5 -> 20
 * points, and 13.1 miles reach a threshold of 13.1 miles. Undoes `fromCanonical` exactly. The amount must be
 * finite, not negative and below 9 million; `checkMetrics` decides whether the result is acceptable.
 */
export function toCanonical(amount: number, unit: Unit): number {
  const billionths = BigInt(Math.round(amount * 1e9));
  const exact = billionths * UNIT_SIZES[unit] - NOISE;
  if (exact <= 0n) return 0;
  return Number((exact + PER_THOUSANDTH - 1n) / PER_THOUSANDTH) / 1000;
}

/** A canonical metric (m, s or pieces) in `unit`, unrounded; for display, round it to what the form shows. */
export function fromCanonical(value: number, unit: Unit): number {
  return (value * 10_000) / Number(UNIT_SIZES[unit]);
}
