import { addDays, daysBetween } from "@milepost/backend/rules/dates";
import type { CalendarDay } from "./calendar";

/** One day of the chart. */
export interface PacePoint {
  day: string;
  /** Own points up to and with that day; null after today. */
  own: number | null;
  /** What the person in the middle has now, spread evenly over the days so far. */
  median: number | null;
  /** What the leader has now, spread likewise. */
  leader: number | null;
}

/** null: not known. */
interface Spread {
  best: number | null;
  median: number | null;
}

/** Own points day by day, beside what the middle and the top of the board have today, spread evenly. */
export function paceOf(
  days: readonly CalendarDay[],
  { today, spread }: { today: string; spread: Spread | null },
): PacePoint[] {
  const first = days[0];
  if (first === undefined || today < first.day) return [];
  const past = days.filter(({ isFuture }) => !isFuture);
  const share = (total: number | null | undefined, index: number): number | null =>
    total === undefined || total === null ? null : (total * index) / past.length;
  let own = 0;
  const points = past.map(({ day, points: gained }, index) => {
    own += gained;
    const median = share(spread?.median, index + 1);
    return { day, own, median, leader: share(spread?.best, index + 1) };
  });
  // Everybody begins with nothing, the day before the first.
  return [
    {
      day: addDays(first.day, -1),
      own: 0,
      median: share(spread?.median, 0),
      leader: share(spread?.best, 0),
    },
    ...points,
  ];
}

/** The chart in a few rows: the last day of each week of the challenge so far, and the latest day. */
export function paceRows(points: readonly PacePoint[]): PacePoint[] {
  const start = points[0];
  if (start === undefined) return [];
  return points
    .slice(1)
    .filter(
      ({ day }, index, all) => daysBetween(start.day, day) % 7 === 0 || index === all.length - 1,
    );
}
