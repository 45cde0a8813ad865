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

/** How a challenge counts streaks. */
export interface StreakRules {
  minPoints: number;
  bonus: "none" | "running";
  dailyCap: number;
}

/** The streak's part of a challenge. */
interface StreakSettings {
  streakMinPoints: number;
  streakBonus: StreakRules["bonus"];
  streakBonusDailyCap: number;
}

export function streakRulesOf(challenge: StreakSettings): StreakRules {
  const { streakMinPoints, streakBonus, streakBonusDailyCap } = challenge;
  return { minPoints: streakMinPoints, bonus: streakBonus, dailyCap: streakBonusDailyCap };
}

/** Rules of the streak as a text: the same for the same rules. */
export function streakRulesText({ minPoints, bonus, dailyCap }: StreakRules): string {
  return `${minPoints} ${bonus} ${dailyCap}`;
}

/**
 * The days of a person that count (ascending, one entry a day at most; days without an entry have no points).
 * A day counts when its streak points reach `minPoints`; a missing or weak day ends the run. With the running
 * bonus a counting day pays its position in the run (1, 2, 3, ...), at most `dailyCap`.
 */
export function streakDays(
  days: ReadonlyArray<{ day: string; streakPoints: number }>,
  rules: StreakRules,
): StreakDay[] {
  const counting: StreakDay[] = [];
  for (const { day, streakPoints } of days) {
    if (streakPoints < rules.minPoints) continue;
    const last = counting.at(-1);
    const continues = last !== undefined && addDays(last.day, 1) === day;
    const position = continues ? last.position + 1 : 1;
    counting.push({ day, position, bonusPoints: bonusOf(position, rules) });
  }
  return counting;
}

/** What a counting day pays for its position in its run. */
function bonusOf(position: number, { bonus, dailyCap }: StreakRules): number {
  return bonus === "running" ? Math.min(position, dailyCap) : 0;
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
 * The streak after changes of days, told from the one before: the same when no day begins or ends to count, and one day
 * longer, or begun again, when a single day after the last begins to. Null where other days have a say.
 *
 * @param changes the days that changed, with their streak points on either side
 */
export function streakAfter(
  before: Streak,
  changes: ReadonlyArray<{ day: string; before: number; now: number }>,
  rules: StreakRules,
): Streak | null {
  const counts = (points: number) => points >= rules.minPoints;
  const [turned, another] = changes.filter((day) => counts(day.before) !== counts(day.now));
  if (turned === undefined) return before;
  const { day, now } = turned;
  const { lastDay, length, longest, bonusPoints } = before;
  const isLast = counts(now) && (lastDay === null || lastDay < day);
  if (another !== undefined || !isLast) return null;
  const position = lastDay !== null && addDays(lastDay, 1) === day ? length + 1 : 1;
  return {
    length: position,
    lastDay: day,
    longest: Math.max(longest, position),
    bonusPoints: bonusPoints + bonusOf(position, rules),
  };
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
