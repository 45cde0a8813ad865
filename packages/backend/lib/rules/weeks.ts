import { addDays, daysBetween } from "./dates";

const DAYS_PER_WEEK = 7;

/** Number of a day inside a challenge: 1 on its first day, 0 or less before it. */
export function dayNumber(startsOn: string, day: string): number {
  return daysBetween(startsOn, day) + 1;
}

/** Number of the 7-day block a day lies in, counted from the challenge's first day: 1 for its first seven days. */
export function weekOf(startsOn: string, day: string): number {
  return Math.floor(daysBetween(startsOn, day) / DAYS_PER_WEEK) + 1;
}

/** The first and the last day of the block of 7 days a day lies in. */
export function weekAround(startsOn: string, day: string): { from: string; to: string } {
  const from = addDays(startsOn, (weekOf(startsOn, day) - 1) * DAYS_PER_WEEK);
  return { from, to: addDays(from, DAYS_PER_WEEK - 1) };
}

/** How many weeks a challenge has; the last may be short. */
export function totalWeeks(startsOn: string, endsOn: string): number {
  return Math.ceil(dayNumber(startsOn, endsOn) / DAYS_PER_WEEK);
}
