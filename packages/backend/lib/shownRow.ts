import type { Doc, Id } from "../_generated/dataModel";
import type { Owner } from "./pointLedger/ports";
import { afterPrefix } from "./rules/nameSearch";
import type { ReadCtx } from "./tableOwners";

/** What the requestId of an entry begins with that gives the points of an activity of Strava; no client can send one. */
export const LATE_ENTRY = "stravaLate:";
/** What the award key of such an entry begins with. */
const LATE_ENTRY_KEY = `adjustment:${LATE_ENTRY}`;

/** The award key of the entry for one that arrived late. */
export function lateKeyOf(lateId: Id<"stravaLateActivities">): string {
  return `${LATE_ENTRY_KEY}${lateId}`;
}

/** Somebody's entries for activities of Strava that arrived late, those that were taken back included. */
export function lateEntriesOf(ctx: ReadCtx, { challengeId, userId }: Owner) {
  return ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_awardKey", (q) =>
      q
        .eq("challengeId", challengeId)
        .eq("userId", userId)
        .gte("awardKey", LATE_ENTRY_KEY)
        .lt("awardKey", afterPrefix(LATE_ENTRY_KEY)),
    );
}

/** Whether what Strava told of a row is not this viewer's to see: everybody's but its person's, organisers included. */
export function isHiddenFrom(
  viewerId: Id<"users">,
  { source, userId, awardKey }: Pick<Doc<"activities">, "source" | "userId" | "awardKey">,
): boolean {
  const isLateEntry = awardKey?.startsWith(LATE_ENTRY_KEY) ?? false;
  return (source === "strava" || isLateEntry) && userId !== viewerId;
}

/**
 * A row as this viewer may see it. Of what came from Strava others, organisers included, learn that it is there, its type
 * and its day: with a linear rule already its points would give the distance away. So its points read 0 to them, and
 * metrics, title, start, option and breakdown are empty. Of an entry for one that arrived late they read its label.
 */
export function shownTo(viewerId: Id<"users">, row: Doc<"activities">): Doc<"activities"> {
  if (!isHiddenFrom(viewerId, row)) return row;
  if (row.source !== "strava") {
    const breakdown = row.breakdown.map((line) => ({ ...line, points: 0 }));
    return { ...row, pointsEarned: 0, breakdown };
  }
  const { title: _, startedAtMs: __, variant: ___, ...shown } = row;
  return { ...shown, metrics: {}, pointsEarned: 0, breakdown: [] };
}
