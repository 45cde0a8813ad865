import type { api } from "@milepost/backend/api";
import { fromCanonical } from "@milepost/backend/rules/units";
import type { FunctionReturnType } from "convex/server";
import { formatCount, formatNumber, formatPoints } from "../../lib/format";
import { formatAmount, type Rule } from "../../lib/ruleWords";

/** What of a type fits on a day yet, as `queries/progress:day` answers. */
export type Room = FunctionReturnType<typeof api.queries.progress.day>["types"][number]["room"];

/** What is left of a type's limits, day cap and free amount on a day, in words; none where nothing is bounded. */
export function roomWords(
  { limits, scoring }: Pick<Rule, "limits" | "scoring">,
  room: Room,
  { isToday }: { isToday: boolean },
): string[] {
  const day = isToday ? "today" : "that day";
  const left = (count: number | undefined, max: number | undefined, when: string): string | null =>
    count === undefined || max === undefined
      ? null
      : `${formatNumber(count)} of ${formatCount(max, "time")} left ${when}`;
  const words = [
    left(room.maxPerDay, limits.maxPerDay, day),
    left(room.maxPerWeek, limits.maxPerWeek, isToday ? "this week" : "that week"),
    left(room.maxPerChallenge, limits.maxPerChallenge, "in the challenge"),
    room.points === undefined || limits.maxPointsPerDay === undefined
      ? null
      : `${formatNumber(room.points)} of ${formatPoints(limits.maxPointsPerDay)} left ${day}`,
    room.free === undefined || scoring.kind !== "allowance"
      ? null
      : `${formatAmount(fromCanonical(room.free, scoring.unit), scoring.unit)} free ${day}`,
  ];
  return words.filter((one) => one !== null);
}
