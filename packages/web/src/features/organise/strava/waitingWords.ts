import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatCount, formatInstant, formatNumber } from "../../../lib/format";

/** As many are counted at most. */
const MOST_COUNTED = 50;

/** How many activities of a sport wait. */
export function waitingWords(waiting: number): string {
  return waiting >= MOST_COUNTED
    ? `${formatNumber(MOST_COUNTED)} activities or more wait`
    : `${formatCount(waiting, "activity waits", "activities wait")}`;
}

export type Rescore = NonNullable<FunctionReturnType<typeof api.queries.strava.rescore>>;

/** How far a rescore is, from 0 to `total`; the total grows until all rows are listed. */
export function rescoreProgress(rescore: Rescore): { done: number; total: number } {
  const done = rescore.rescored + rescore.kept + rescore.rawExpired;
  return { done, total: done + rescore.waiting };
}

/** When a rescore began, and whether it ended, in words. */
export function rescoreWords({ startedAt, endedAt, isListed }: Rescore): string {
  if (endedAt !== null) return `Ended ${formatInstant(endedAt)}`;
  const since = `Running since ${formatInstant(startedAt)}`;
  return isListed ? since : `${since}, still looking for activities`;
}
