import type { MetricName, Rule, Scoring } from "../../tables/scoring";
import { FINE, fineBound, RATE_SCALE, scaledRate } from "./amounts";
import { divideHalfAway, toScaled } from "./decimal";
import { METRIC_DECIMALS } from "./metrics";
import { unitSize } from "./units";

/** What a row of a day-dependent rule takes of its day. */
export interface DayUse {
  points: number;
  /** Labels of the once-a-day bonuses it carries. */
  carriedBonuses?: readonly string[];
  /** What it takes of the free amount, in the metric's SI unit. */
  allowanceUsed?: number;
}

type Allowance = Extract<Scoring, { kind: "allowance" }>;

/** Whether other rows of the day can change what a row scored by this rule gives. */
export function isDayDependent({ scoring, bonuses, limits, isNegative }: Rule): boolean {
  return (
    scoring.kind === "allowance" ||
    limits.maxPointsPerDay !== undefined ||
    // A negative type gets no bonuses at all.
    (!isNegative && bonuses.some(({ kind }) => kind === "oncePerDay"))
  );
}

function thousandthsUsed({ allowanceUsed = 0 }: DayUse): bigint {
  return toScaled(allowanceUsed, METRIC_DECIMALS) ?? 0n;
}

/**
 * What the rows of one type and day leave to the next row: free amounts and once-a-day bonuses. A row whose rule lacks a
 * feature takes nothing of it. Sealed rows keep what they have, so a row before one leaves it that much.
 */
export class DayShare {
  private readonly used = new Map<MetricName, bigint>();
  private readonly carried: Set<string>;

  /** @param sealed the sealed rows of the day that were not taken yet, in their order */
  constructor(private sealed: ReadonlyArray<{ rule: Rule; kept: DayUse }> = []) {
    this.carried = new Set(sealed.flatMap(({ kept }) => kept.carriedBonuses ?? []));
  }

  /** Takes in the next row of the day. */
  take({ scoring }: Rule, use: DayUse): void {
    if (scoring.kind === "allowance")
      this.used.set(scoring.metric, this.usedOf(scoring.metric) + thousandthsUsed(use));
    for (const label of use.carriedBonuses ?? []) this.carried.add(label);
    this.sealed = this.sealed.filter(({ kept }) => kept !== use);
  }

  isCarried(label: string): boolean {
    return this.carried.has(label);
  }

  /** What is left of a free amount, in fine parts of the SI unit. */
  freeLeft({ metric, unit, freePerDay }: Allowance): bigint {
    let before = this.usedOf(metric);
    let left = fineBound(freePerDay, unit) - before * FINE;
    for (const { rule, kept } of this.sealed) {
      const used = thousandthsUsed(kept);
      const { scoring } = rule;
      if (scoring.kind !== "allowance" || scoring.metric !== metric || used === 0n) continue;
      const free = (fineBound(scoring.freePerDay, scoring.unit) + FINE - 1n) / FINE;
      const leaves = (free - used - before) * FINE;
      if (leaves < left) left = leaves;
      before += used;
    }
    return left < 0n ? 0n : left;
  }

  private usedOf(metric: MetricName): bigint {
    return this.used.get(metric) ?? 0n;
  }
}

/** What of its free units a sealed row can still use on a day, and what the others of them cost it now. */
export function allowanceAgain(
  { scoring, isNegative }: Rule,
  kept: DayUse,
  day: DayShare,
): { used: number | undefined; points: number } {
  if (scoring.kind !== "allowance") return { used: kept.allowanceUsed, points: 0 };
  const wanted = thousandthsUsed(kept);
  const left = (day.freeLeft(scoring) + FINE - 1n) / FINE;
  const used = left < wanted ? left : wanted;
  const rate = scaledRate(scoring.pointsPerUnit) * (wanted - used) * FINE;
  const points = Number(divideHalfAway(rate, RATE_SCALE * RATE_SCALE * unitSize(scoring.unit)));
  const signed = isNegative ? 0 - Math.abs(points) : points;
  return { used: Number(used) / 10 ** METRIC_DECIMALS, points: signed };
}
