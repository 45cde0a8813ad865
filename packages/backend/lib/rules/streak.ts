import { addDays } from "./dates";

/** A person's streak in a challenge. */
export interface Streak {
  /** Days of the last run. */
  length: number;
  /** Last day of the last run; null when no day counts. */
  lastDay: string | null;
  /** Days of the longest run. */
  longest: number;
  /** Sum of the counting days' bonuses. */
  bonusPoints: number;
}

/**
 * The streak of a person's days (ascending, one entry a day at most; days without an entry have no points).
 * A day counts when its streak points reach `minPoints`; a missing or weak day ends the run. With the running
 * bonus a counting day pays its position in the run (1, 2, 3, ...), at most `dailyCap`.
 */
export function streakOf(
  days: ReadonlyArray<{ day: string; streakPoints: number }>,
  rules: { minPoints: number; bonus: "none" | "running"; dailyCap: number },
): Streak {
  const streak: Streak = { length: 0, lastDay: null, longest: 0, bonusPoints: 0 };
  for (const { day, streakPoints } of days) {
    if (streakPoints < rules.minPoints) continue;
    const continues = streak.lastDay !== null && addDays(streak.lastDay, 1) === day;
    streak.length = continues ? streak.length + 1 : 1;
    streak.lastDay = day;
    streak.longest = Math.max(streak.longest, streak.length);
    if (rules.bonus === "running") {
      streak.bonusPoints += Math.min(streak.length, rules.dailyCap);
    }
  }
  return streak;
}

/**
 * The streak that is still alive: the length of a run that reaches `today` or yesterday (the person's calendar
 * day), else 0. Without `today` it is the length of the last run.
 */
export function currentStreak(length: number, lastDay: string | null, today?: string): number {
  if (lastDay === null) return 0;
  if (today === undefined) return length;
  return lastDay >= addDays(today, -1) ? length : 0;
}
