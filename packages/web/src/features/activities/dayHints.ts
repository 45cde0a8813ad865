import type { api } from "@milepost/backend/api";
import { implausibilities } from "@milepost/backend/rules/plausibility";
import { isMeasuredAlike } from "@milepost/backend/rules/sameWorkout";
import type { FunctionReturnType } from "convex/server";
import { formatPoints } from "../../lib/format";
import { metricWords, type Metrics } from "../../lib/metricWords";
import type { MetricName, Unit } from "../../lib/ruleWords";
import { SOURCE_LABELS } from "./historyRows";

export type OwnDay = FunctionReturnType<typeof api.queries.progress.day>;
type DayRow = OwnDay["rows"][number];

/** What somebody is about to log. */
export interface Deed {
  activityTypeId: DayRow["activityTypeId"];
  /** Of the starter catalogue: which world records it is compared with. */
  catalogueKey: string | undefined;
  metrics: Metrics;
}

/** Activities of the day that may be the very workout somebody is about to log. */
export function likelyTwins(rows: readonly DayRow[], deed: Deed): DayRow[] {
  return rows.filter((row) => isMeasuredAlike(row, deed) === true);
}

/** What cannot easily be true about it beside the others of its day, as the deployment will find. */
export function findingsOf(
  rows: readonly DayRow[],
  { catalogueKey, metrics }: Deed,
): ReturnType<typeof implausibilities> {
  const day = [...rows.map((row) => row.metrics), metrics];
  return implausibilities(catalogueKey ?? null, metrics, day);
}

/** A twin in words: "Run, 5.2 km (Strava)". */
export function twinWords(
  { typeName, metrics, source }: DayRow,
  unitFor: (metric: MetricName) => Unit,
): string {
  const amount = metricWords(metrics, unitFor);
  const label = SOURCE_LABELS[source];
  return `${typeName}${amount === "" ? "" : `, ${amount}`}${label === null ? "" : ` (${label})`}`;
}

type Preview = FunctionReturnType<typeof api.queries.activities.previewPoints>;

/** What a deed does beside its own points, in words: to other activities of its day, and to the streak. */
export function sideEffectWords({
  others,
  streakBonusChange,
}: Pick<Preview, "others" | "streakBonusChange">): string[] {
  const moved = others.map(({ typeName, pointsBefore, pointsAfter }) => {
    const change = pointsAfter - pointsBefore;
    return `Your other ${typeName} of that day ${change < 0 ? "loses" : "gains"} ${formatPoints(Math.abs(change))}.`;
  });
  if (streakBonusChange === 0) return moved;
  const verb = streakBonusChange < 0 ? "takes" : "adds";
  return [...moved, `Your streak ${verb} ${formatPoints(Math.abs(streakBonusChange))}.`];
}
