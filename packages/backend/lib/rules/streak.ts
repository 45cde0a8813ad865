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

/** A day that counts: its position in its run, and what it pays for that. */
export interface StreakDay {
  day: string;
  position: number;
  bonusPoints: number;
}

interface StreakRules {
  minPoints: number;
  bonus: "none" | "running";
  dailyCap: number;
}

/**
 * The days of a person that count (ascending, one entry a day at most; days without an entry have no points).
 * A day counts when its streak points reach `minPoints`; a missing or weak day ends the run. With the running
 * bonus a counting day pays its position in the run (1, 2, 3, ...), at most `dailyCap`.
 */
export function streakDays(
  days: ReadonlyArray<{ day: string; streakPoints: number }>,
  { minPoints, bonus, dailyCap }: StreakRules,
): StreakDay[] {
  const counting: StreakDay[] = [];
  for (const { day, streakPoints } of days) {
    if (streakPoints < minPoints) continue;
    const last = counting.at(-1);
    const continues = last !== undefined && addDays(last.day, 1) === day;
    const position = continues ? last.position + 1 : 1;
    const bonusPoints = bonus === "running" ? Math.min(position, dailyCap) : 0;
    counting.push({ day, position, bonusPoints });
  }
  return counting;
}

/** The streak of a person's days, given as `streakDays` takes them. */
export function streakOf(
  days: ReadonlyArray<{ day: string; streakPoints: number }>,
  rules: StreakRules,
): Streak {
  const streak: Streak = { length: 0, lastDay: null, longest: 0, bonusPoints: 0 };
  for (const { day, position, bonusPoints } of streakDays(days, rules)) {
    streak.length = position;
    streak.lastDay = day;
    streak.longest = Math.max(streak.longest, position);
    streak.bonusPoints += bonusPoints;
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
