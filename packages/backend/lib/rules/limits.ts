import type { Checked, Refusal } from "../errors";
import type { Limits } from "../../tables/scoring";
import { accept } from "./checked";
import { addDays } from "./dates";
import { dayNumber, weekOf } from "./weeks";

/** Live rows one person can have on one day of a challenge. */
export const MAX_ROWS_PER_DAY = 30;

/** The limits on how many rows there are, narrowest first. */
const COUNTED = ["maxPerDay", "maxPerWeek", "maxPerChallenge"] as const;

/** The limits of an activity type and the calendar they are counted in. */
export interface LimitRules {
  limits: Limits;
  startsOn: string;
  endsOn: string;
  /** Day number (1 = startsOn) from which the final days count. */
  finalDaysFrom: number;
}

/** A person's live rows of one day; the row that is being written is not among them. */
export interface DayCount {
  day: string;
  activityCount: number;
  typeCounts: ReadonlyArray<{ activityTypeId: string; count: number }>;
}

function reached(limit: string, max: number): Checked<never> {
  return { ok: false, refusal: { code: "LIMIT_REACHED", limit, max } };
}

/** Which days a type is offered on, whatever was logged before. */
function checkAvailability(rules: LimitRules, loggedDate: string): Refusal | null {
  const { validWeeks, finalDaysOnly } = rules.limits;
  if (validWeeks && !validWeeks.includes(weekOf(rules.startsOn, loggedDate))) {
    return { code: "NOT_AVAILABLE_THIS_WEEK", validWeeks };
  }
  if (finalDaysOnly && dayNumber(rules.startsOn, loggedDate) < rules.finalDaysFrom) {
    const earliest = addDays(rules.startsOn, rules.finalDaysFrom - 1);
    return { code: "OUTSIDE_CHALLENGE_DATES", earliest, latest: rules.endsOn };
  }
  return null;
}

/**
 * Whether one more live row of a type fits on a day. `dayCounts` are the person's days of the whole challenge (in
 * any order; the days of the week suffice without maxPerChallenge) WITHOUT the row that is written. Refuses a week the
 * type is not offered in (NOT_AVAILABLE_THIS_WEEK), a day before the final days (OUTSIDE_CHALLENGE_DATES with them),
 * the 31st row of a day, and the row beyond maxPerDay, maxPerWeek or maxPerChallenge (LIMIT_REACHED, naming it).
 */
export function checkLimits(
  rules: LimitRules,
  request: { loggedDate: string; activityTypeId: string; dayCounts: readonly DayCount[] },
): Checked<null> {
  const unavailable = checkAvailability(rules, request.loggedDate);
  if (unavailable) return { ok: false, refusal: unavailable };

  const { rowsOfDay, ...counts } = countsOf(rules, request);
  if (rowsOfDay >= MAX_ROWS_PER_DAY) return reached("rowsPerDay", MAX_ROWS_PER_DAY);
  for (const limit of COUNTED) {
    const max = rules.limits[limit];
    if (max !== undefined && counts[limit] >= max) return reached(limit, max);
  }
  return accept(null);
}

/** How many more rows of a type fit, by each limit it has; what it does not limit is absent. */
export type Room = Partial<Record<(typeof COUNTED)[number], number>>;

/** How many more live rows of a type the limits leave on a day, counted as `checkLimits` counts; 0 when one is full. */
export function roomLeft(
  rules: LimitRules,
  request: { loggedDate: string; activityTypeId: string; dayCounts: readonly DayCount[] },
): Room {
  const counts = countsOf(rules, request);
  const room: Room = {};
  for (const limit of COUNTED) {
    const max = rules.limits[limit];
    if (max !== undefined) room[limit] = Math.max(0, max - counts[limit]);
  }
  return room;
}

/** A person's live rows of a type on the day, in its week and in the challenge, and all their rows of the day. */
function countsOf(
  { limits, startsOn }: LimitRules,
  {
    loggedDate,
    activityTypeId,
    dayCounts,
  }: { loggedDate: string; activityTypeId: string; dayCounts: readonly DayCount[] },
) {
  // A challenge of a year has 366 days to count: their weeks are worked out only when a limit asks.
  const week = limits.maxPerWeek && weekOf(startsOn, loggedDate);
  const counts = { maxPerDay: 0, maxPerWeek: 0, maxPerChallenge: 0, rowsOfDay: 0 };
  for (const { day, activityCount, typeCounts } of dayCounts) {
    const count = typeCounts.find((entry) => entry.activityTypeId === activityTypeId)?.count ?? 0;
    counts.maxPerChallenge += count;
    if (week !== undefined && weekOf(startsOn, day) === week) counts.maxPerWeek += count;
    if (day !== loggedDate) continue;
    counts.maxPerDay += count;
    counts.rowsOfDay += activityCount;
  }
  return counts;
}
