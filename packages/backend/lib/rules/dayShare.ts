import type { MetricName, Rule } from "../../tables/scoring";
import { toScaled } from "./decimal";
import { METRIC_DECIMALS } from "./metrics";

/** What a row of a day-dependent rule takes of its day. */
export interface DayUse {
  points: number;
  /** Labels of the once-a-day bonuses it carries. */
  carriedBonuses?: readonly string[];
  /** What it takes of the free amount, in the metric's SI unit. */
  allowanceUsed?: number;
}

/** Whether other rows of the day can change what a row scored by this rule gives. */
export function isDayDependent({ scoring, bonuses, limits, isNegative }: Rule): boolean {
  return (
    scoring.kind === "allowance" ||
    limits.maxPointsPerDay !== undefined ||
    // A negative type gets no bonuses at all.
    (!isNegative && bonuses.some(({ kind }) => kind === "oncePerDay"))
  );
}

/** What the rows of one type and day have taken so far: free amounts, bonuses, points under the cap. */
export class DayShare {
  private readonly free = new Map<MetricName, bigint>();
  private readonly carried = new Set<string>();
  private points = 0;

  /** Takes in a row. One whose rule lacks a feature takes nothing of it. */
  take(
    { scoring, limits }: Rule,
    { points, carriedBonuses = [], allowanceUsed = 0 }: DayUse,
  ): void {
    if (scoring.kind === "allowance") {
      const used = toScaled(allowanceUsed, METRIC_DECIMALS) ?? 0n;
      this.free.set(scoring.metric, this.freeUsed(scoring.metric) + used);
    }
    for (const label of carriedBonuses) this.carried.add(label);
    if (limits.maxPointsPerDay !== undefined) this.points += points;
  }

  /** Thousandths of a metric taken of the free amount. */
  freeUsed(metric: MetricName): bigint {
    return this.free.get(metric) ?? 0n;
  }

  isCarried(label: string): boolean {
    return this.carried.has(label);
  }

  /** What is left of a row's points under a cap of the day, either way; 0 when the day is full. */
  underCap(points: number, cap: number): number {
    return points > 0
      ? Math.max(0, Math.min(points, cap - this.points))
      : Math.min(0, Math.max(points, -cap - this.points));
  }
}
