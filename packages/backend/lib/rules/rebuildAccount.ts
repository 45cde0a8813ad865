import { type DayCounts, emptyDay } from "./dayTotals";
import { type ActivityRow, isSystemRow, type RowTraits } from "./ledger";
import { type Streak, streakOf, type StreakRules } from "./streak";

/** What everything about a person in a challenge is counted from. */
export interface RebuildInput {
  /** All rows, deleted and system ones included. */
  rows: readonly ActivityRow[];
  /** What the rule version a row is scored with says beside its points. */
  traitsOf: (row: ActivityRow) => RowTraits;
  streakRules: StreakRules;
  /** Frozen standings: the streak row stays as it is, and its points are what counts. */
  isFinal: boolean;
}

/** A person's account as their rows say it must be; streak rows are derived, and counted only where they stay as they are. */
export interface Rebuilt {
  totalPoints: number;
  /** What of it the streak gives. */
  streakBonusPoints: number;
  activityCount: number;
  days: ReadonlyMap<string, DayCounts>;
  streak: Streak;
}

function daysOf({ rows, traitsOf }: RebuildInput): Map<string, DayCounts> {
  const days = new Map<string, DayCounts>();
  for (const row of rows) {
    const { loggedDate, deletedAt, activityTypeId, pointsEarned } = row;
    if (loggedDate === null || deletedAt !== undefined) continue;
    const day = days.get(loggedDate) ?? emptyDay();
    days.set(loggedDate, day);
    day.points += pointsEarned;
    if (activityTypeId === null) continue;
    day.activityCount += 1;
    if (traitsOf(row).contributesToStreak) day.streakPoints += pointsEarned;
    const entry = day.typeCounts.find((count) => count.activityTypeId === activityTypeId);
    if (entry) entry.count += 1;
    else day.typeCounts.push({ activityTypeId, count: 1 });
  }
  for (const { typeCounts } of days.values())
    typeCounts.sort((a, b) => (a.activityTypeId < b.activityTypeId ? -1 : 1));
  return days;
}

const sumOf = (rows: readonly ActivityRow[]) =>
  rows.reduce((sum, { pointsEarned }) => sum + pointsEarned, 0);

/**
 * Counts a person's account anew from their rows, by grouping and adding and not by the code that writes: what verify
 * compares with and what repair writes.
 */
export function rebuildAccount(input: RebuildInput): Rebuilt {
  const days = daysOf(input);
  const ascending = [...days].map(([day, { streakPoints }]) => ({ day, streakPoints }));
  ascending.sort((a, b) => (a.day < b.day ? -1 : 1));
  const streak = streakOf(ascending, input.streakRules);
  const all = input.rows.filter((row) => row.deletedAt === undefined);
  const live = all.filter((row) => row.source !== "streak");
  const given = all.filter((row) => row.source === "streak");
  const streakBonusPoints = input.isFinal ? sumOf(given) : streak.bonusPoints;
  return {
    totalPoints: sumOf(live) + streakBonusPoints,
    streakBonusPoints,
    activityCount: live.filter((row) => !isSystemRow(row)).length,
    days,
    streak,
  };
}
