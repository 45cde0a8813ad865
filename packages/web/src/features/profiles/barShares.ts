import { addDays, daysBetween } from "@milepost/backend/rules/dates";
import { formatDay, formatPoints } from "../../lib/format";

/** One bar of a chart of points. */
export interface Bar {
  key: string;
  /** What a screen reader hears, and a pointer shows. */
  words: string;
  points: number;
  /** Its height against the highest bar, 0 to 1. */
  share: number;
}

/** Days a chart shows at most: on a phone a bar has 4 pixels then. */
const MAX_DAYS = 60;

function shared(bars: Array<Omit<Bar, "share">>): Bar[] {
  const highest = Math.max(1, ...bars.map(({ points }) => Math.abs(points)));
  return bars.map((bar) => ({ ...bar, share: Math.abs(bar.points) / highest }));
}

/** A bar for each of the last 60 days from `from` to `to`, days without points among them. */
export function dayBars(
  days: ReadonlyArray<{ day: string; points: number }>,
  { from, to }: { from: string; to: string },
): Bar[] {
  const points = new Map(days.map((one) => [one.day, one.points]));
  const count = Math.min(MAX_DAYS, daysBetween(from, to) + 1);
  const bars = Array.from({ length: Math.max(0, count) }, (_, index) => {
    const day = addDays(to, index - count + 1);
    const earned = points.get(day) ?? 0;
    return {
      key: day,
      words: `${formatDay(day, "long")}: ${formatPoints(earned)}`,
      points: earned,
    };
  });
  return shared(bars);
}
