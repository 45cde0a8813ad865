import type { ActivityRow, DayRow } from "./ledger";

/** What a day adds up to. */
export type DayCounts = Omit<DayRow, "challengeId" | "userId" | "day">;

/** A day without rows. */
export function emptyDay(): DayCounts {
  return { points: 0, streakPoints: 0, activityCount: 0, typeCounts: [] };
}

/** A day's totals with one row added (`sign` 1) or taken away (-1). */
export function countRow(
  day: DayRow,
  row: ActivityRow,
  contributes: boolean,
  sign: 1 | -1,
): DayRow {
  const points = day.points + sign * row.pointsEarned;
  const streakPoints = day.streakPoints + (contributes ? sign * row.pointsEarned : 0);
  const { activityTypeId } = row;
  if (activityTypeId === null) return { ...day, points, streakPoints };
  const others = day.typeCounts.filter((entry) => entry.activityTypeId !== activityTypeId);
  const previous = day.typeCounts.find((entry) => entry.activityTypeId === activityTypeId);
  const count = (previous?.count ?? 0) + sign;
  const typeCounts = count === 0 ? others : [...others, { activityTypeId, count }];
  typeCounts.sort((a, b) => (a.activityTypeId < b.activityTypeId ? -1 : 1));
  return { ...day, points, streakPoints, activityCount: day.activityCount + sign, typeCounts };
}

/** Whether a day adds up to what is stored of it. */
export function isSameDay(a: DayRow, b: DayRow | undefined): boolean {
  return (
    b !== undefined &&
    a.points === b.points &&
    a.streakPoints === b.streakPoints &&
    a.activityCount === b.activityCount &&
    JSON.stringify(a.typeCounts) === JSON.stringify(b.typeCounts)
  );
}
