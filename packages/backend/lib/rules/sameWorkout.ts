import type { Metrics } from "../../tables/scoring";

/** Two records of one workout measure it alike up to this share. */
const SAME_MEASURE = 0.15;

/** What was done, as far as it tells two workouts apart. */
export interface Measured {
  /** null: a system row, which measures nothing. */
  activityTypeId: string | null;
  metrics: Metrics;
}

/** Whether two amounts differ by at most 15 % of the larger; null unless both were measured. */
function isAlike(a: number | undefined, b: number | undefined): boolean | null {
  return a && b ? Math.abs(a - b) <= SAME_MEASURE * Math.max(a, b) : null;
}

/**
 * Whether what two rows of a day measured lets them be records of one workout: the distance, and moving time or else
 * elapsed time, each within 15 % where both have it. Without a distance on both only rows of one type can be. Null when
 * they are of one type and nothing was measured on both.
 */
export function isMeasuredAlike(one: Measured, other: Measured): boolean | null {
  const [a, b] = [one.metrics, other.metrics];
  const isAsFar = isAlike(a.distance_m, b.distance_m);
  const isAsLong = isAlike(a.moving_s, b.moving_s) ?? isAlike(a.duration_s, b.duration_s);
  if (isAsFar === null && one.activityTypeId !== other.activityTypeId) return false;
  if (isAsFar === null && isAsLong === null) return null;
  return isAsFar !== false && isAsLong !== false;
}
