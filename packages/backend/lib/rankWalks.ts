import type { Doc, Id } from "../_generated/dataModel";
import { saveRankYesterday } from "./pointLedger";
import { dayOfInstant } from "./rules/dates";
import { stageOf } from "./rules/logWindow";
import { standingsPage } from "./totalBoard";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * The ranks people had when the day began, so that a board can show who moved. Once a day, soon after midnight in the
 * challenge's zone, its board is walked from the top in batches. People who log meanwhile may be passed over, and then
 * have no rank of that day; totals and rank aggregates are not touched.
 */

const ROWS_PER_BATCH = 100;

/** The walk of a challenge's board on a day of its zone. */
export interface Walk {
  challengeId: Id<"challenges">;
  day: string;
}

async function walkOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<Doc<"rankWalks"> | null> {
  return await ctx.db
    .query("rankWalks")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", challengeId))
    .unique();
}

/**
 * The walk of the day of a challenge, begun or still under way; null when there is nothing to do. The first day has no
 * yesterday.
 *
 * @param nowMs UTC ms
 */
export async function dueWalk(
  ctx: WriteCtx,
  challenge: Doc<"challenges">,
  nowMs: number,
): Promise<Walk | null> {
  const challengeId = challenge._id;
  const day = dayOfInstant(nowMs, challenge.timezone);
  if (stageOf(challenge, nowMs) !== "open" || day <= challenge.startsOn) return null;
  const walk = await walkOf(ctx, challengeId);
  if (walk?.day === day) return walk.isDone ? null : { challengeId, day };
  const table = openTable(ctx, "rankWalks");
  const start = { cursor: null, isDone: false, position: 0, rank: 0, negTotal: null };
  if (walk === null) await table.insert({ challengeId, day, ...start });
  else await table.patch(walk._id, { day, ...start });
  return { challengeId, day };
}

/**
 * Takes the ranks of the next people of a challenge's board. Where the walk stands is stored with them, so that it does
 * not matter who goes on with it. Does nothing once the board is walked to its end, or the day is over.
 *
 * @param numItems how many people; in one transaction at most 100
 * @returns whether there is more to walk
 */
export async function walkBatch(
  ctx: WriteCtx,
  { challengeId, day }: Walk,
  numItems = ROWS_PER_BATCH,
): Promise<boolean> {
  const walk = await walkOf(ctx, challengeId);
  if (walk === null || walk.day !== day || walk.isDone) return false;
  const paging = { cursor: walk.cursor, numItems };
  const { page, continueCursor, isDone } = await standingsPage(ctx, challengeId, paging);
  let { position, rank, negTotal } = walk;
  for (const standing of page) {
    position += 1;
    if (standing.negTotal !== negTotal) rank = position;
    negTotal = standing.negTotal;
    await saveRankYesterday(ctx, standing, { day, rank });
  }
  const cursor = continueCursor;
  const state = { cursor, isDone, position, rank, negTotal };
  await openTable(ctx, "rankWalks").patch(walk._id, state);
  return !isDone;
}

/** Deletes how far the ranks of a challenge were taken, at most `limit`; answers how many. */
export async function eraseRankWalks(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("rankWalks")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", of.challengeId))
    .take(limit);
  return await eraseRows(openTable(ctx, "rankWalks"), rows);
}
