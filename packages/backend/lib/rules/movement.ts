import { daysBetween } from "./dates";

/** The rank somebody had when a day of the challenge's zone began. */
export interface RankOfDay {
  day: string;
  rank: number;
}

/**
 * The rank to compare a person's rank of today with; undefined where none was taken lately. A viewer's calendar may be
 * a day before or after the challenge's.
 *
 * @param today the viewer's calendar day, undefined when it is unknown
 */
export function rankBefore(
  taken: RankOfDay | undefined,
  today: string | undefined,
): number | undefined {
  if (taken === undefined) return undefined;
  const isRecent = today === undefined || Math.abs(daysBetween(taken.day, today)) <= 1;
  return isRecent ? taken.rank : undefined;
}
