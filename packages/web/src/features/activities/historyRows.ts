import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";

export type HistoryRow = FunctionReturnType<typeof api.queries.activities.history>["page"][number];

/** What each source is called beside an activity; a manual one needs no word. */
export const SOURCE_LABELS: Record<HistoryRow["source"], string | null> = {
  manual: null,
  api: "By key",
  archive: "Imported",
  strava: "Strava",
  streak: "Streak",
  achievement: "Award",
  miniGame: "Game",
  adjustment: "Adjusted",
};

/** A stored day of the viewer's own, as `queries/progress:mine` answers. */
type StoredDay = FunctionReturnType<typeof api.queries.progress.mine>["days"][number];

/** What a day comes to with its streak bonus, and all days up to it; null for a day without an entry. */
export function daySum(
  days: readonly StoredDay[],
  day: string,
): (Pick<StoredDay, "points" | "streak" | "streakBonusPoints"> & { upTo: number }) | null {
  const found = days.find((one) => one.day === day);
  if (found === undefined) return null;
  const upTo = days
    .filter((one) => one.day <= day)
    .reduce((sum, { points, streakBonusPoints }) => sum + points + streakBonusPoints, 0);
  const { points, streak, streakBonusPoints } = found;
  return { points: points + streakBonusPoints, streak, streakBonusPoints, upTo };
}
