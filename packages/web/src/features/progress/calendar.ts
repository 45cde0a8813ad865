import type { api } from "@milepost/backend/api";
import { addDays, daysBetween } from "@milepost/backend/rules/dates";
import type { FunctionReturnType } from "convex/server";
import { formatDay, formatPoints } from "../../lib/format";

export type Progress = FunctionReturnType<typeof api.queries.progress.mine>;
type StoredDay = Progress["days"][number];

/** A day of the challenge as the calendar shows it. */
export interface CalendarDay {
  day: string;
  /** Streak bonus included. */
  points: number;
  activityCount: number;
  /** Its position in a streak; 0: it does not count. */
  streak: number;
  streakBonusPoints: number;
  /** How good it was among the person's own days, 0 (no points) to 4. */
  level: number;
  isFuture: boolean;
  isToday: boolean;
}

/** One row of the calendar, Monday to Sunday; null where the challenge has no day. */
export type CalendarWeek = Array<CalendarDay | null>;

interface Span {
  startsOn: string;
  endsOn: string;
  today: string;
}

/** 0 for Monday to 6 for Sunday. */
function weekday(day: string): number {
  // 5 January 1970 was a Monday.
  return ((daysBetween("1970-01-05", day) % 7) + 7) % 7;
}

function levelOf(points: number, best: number): number {
  if (points <= 0 || best <= 0) return 0;
  return Math.min(4, Math.ceil((4 * points) / best));
}

/** All days of the challenge, those without an entry empty. */
export function calendarDays(
  { startsOn, endsOn, today }: Span,
  days: readonly StoredDay[],
): CalendarDay[] {
  const stored = new Map(days.map((one) => [one.day, one]));
  const best = Math.max(
    0,
    ...days.map(({ points, streakBonusPoints }) => points + streakBonusPoints),
  );
  return Array.from({ length: daysBetween(startsOn, endsOn) + 1 }, (_, index) => {
    const day = addDays(startsOn, index);
    const found = stored.get(day);
    const { activityCount = 0, streak = 0, streakBonusPoints = 0 } = found ?? {};
    const points = (found?.points ?? 0) + streakBonusPoints;
    const level = levelOf(points, best);
    const [isFuture, isToday] = [day > today, day === today];
    return { day, points, activityCount, streak, streakBonusPoints, level, isFuture, isToday };
  });
}

/** The days in rows of a week each, Monday first. */
export function calendarWeeks(days: readonly CalendarDay[]): CalendarWeek[] {
  const first = days[0];
  if (first === undefined) return [];
  const cells: CalendarWeek = [...Array.from({ length: weekday(first.day) }, () => null), ...days];
  while (cells.length % 7 !== 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, row) => cells.slice(7 * row, 7 * row + 7));
}

/** What a cell of the calendar says: "12 March, 45 points, streak 6". */
export function dayWords({ day, points, streak, isFuture, isToday }: CalendarDay): string {
  const name = isToday ? `${formatDay(day, "month")}, today` : formatDay(day, "month");
  if (isFuture) return `${name}, still to come`;
  return [name, formatPoints(points), ...(streak > 0 ? [`streak ${streak}`] : [])].join(", ");
}

const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -7,
  ArrowDown: 7,
};

/** The day a key leads to from another, kept inside the challenge; null for keys that do not move. */
export function dayAfterKey(
  key: string,
  day: string,
  { startsOn, endsOn }: Pick<Span, "startsOn" | "endsOn">,
): string | null {
  if (key === "Home") return startsOn;
  if (key === "End") return endsOn;
  const step = STEPS[key];
  if (step === undefined) return null;
  const target = addDays(day, step);
  return target < startsOn || target > endsOn ? day : target;
}
