import type { Doc, Id } from "../_generated/dataModel";
import type { Owner } from "./pointLedger/ports";
import { lateEntriesOf } from "./shownRow";
import type { ReadCtx } from "./tableOwners";

/**
 * What everybody who may see a challenge sees of a person's activities. Those of Strava are its person's alone: nobody sees
 * that one is there, nor the days of people who have such ones, because the points of a day can be those of one activity.
 */

/** A challenge has at most 366 days. */
const MAX_DAYS = 366;
const MAX_RECENT = 10;
/** Rows that are looked through for the recent ones: removed ones and awards are among them. */
const MAX_LOOKED_AT = 50;

/** An activity as everybody sees it. */
export interface PublicActivity {
  activityId: Id<"activities">;
  typeName: string;
  loggedDate: string;
  points: number;
}

/** Whether a person has, or had, rows of Strava or an entry for one that arrived late. */
export async function hasStravaRows(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
): Promise<boolean> {
  const row = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_source_and_externalId", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).eq("source", "strava"),
    )
    .first();
  if (row !== null) return true;
  return (await lateEntriesOf(ctx, { challengeId, userId }).first()) !== null;
}

/** The points a person has of one day, without the streak's; undefined when others must not see them. */
export async function dayPointsOf(
  ctx: ReadCtx,
  owner: Owner,
  day: string,
): Promise<number | undefined> {
  if (await hasStravaRows(ctx, owner)) return undefined;
  const total = await ctx.db
    .query("dayTotals")
    .withIndex("by_challengeId_and_userId_and_day", (q) =>
      q.eq("challengeId", owner.challengeId).eq("userId", owner.userId).eq("day", day),
    )
    .unique();
  return total?.points ?? 0;
}

/** The days a person has points on, first day first; null when others must not see them. */
export async function daysOf(
  ctx: ReadCtx,
  owner: Owner,
): Promise<Array<{ day: string; points: number }> | null> {
  if (await hasStravaRows(ctx, owner)) return null;
  const totals = await ctx.db
    .query("dayTotals")
    .withIndex("by_challengeId_and_userId_and_day", (q) =>
      q.eq("challengeId", owner.challengeId).eq("userId", owner.userId),
    )
    .take(MAX_DAYS);
  return totals.map(({ day, points }) => ({ day, points }));
}

/** The last activities a person logged, or imported from elsewhere than Strava, newest day first, at most 10. */
export async function recentOf(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
): Promise<PublicActivity[]> {
  const rows = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .order("desc")
    .take(MAX_LOOKED_AT);
  const shown = rows.filter(
    ({ deletedAt, activityTypeId, source }) =>
      deletedAt === undefined && activityTypeId !== null && source !== "strava",
  );
  const recent = await Promise.all(
    shown.slice(0, MAX_RECENT).map((row) => publicActivity(ctx, row)),
  );
  return recent.filter((activity) => activity !== null);
}

async function publicActivity(
  ctx: ReadCtx,
  { _id: activityId, activityTypeId, loggedDate, pointsEarned: points }: Doc<"activities">,
): Promise<PublicActivity | null> {
  const type = activityTypeId && (await ctx.db.get("activityTypes", activityTypeId));
  if (!type || loggedDate === null) return null;
  return { activityId, typeName: type.name, loggedDate, points };
}
