import type { Doc, Id } from "../_generated/dataModel";
import { saveRankYesterday } from "./pointLedger";
import { dayOfInstant } from "./rules/dates";
import { stageOf } from "./rules/logWindow";
import { standingsPage } from "./standingsRank";
import { openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * The ranks people had when the day began, so that a board can show who moved. Once a day, soon after midnight in the
 * challenge's zone, its board is walked from the top in batches. People who log meanwhile may be passed over, and then
 * have no rank of that day; totals and rank aggregates are not touched.
 */

const ROWS_PER_BATCH = 100;

/** One batch of a walk: batch `step` of the challenge's walk of a day. */
export interface WalkBatch {
  challengeId: Id<"challenges">;
  day: string;
  step: number;
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
 * The batch a challenge's walk of the day goes on with, a new walk where a day has begun; null when there is nothing to
 * do. The first day has no yesterday.
 *
 * @param nowMs UTC ms
 */
export async function nextWalkBatch(
  ctx: WriteCtx,
  challenge: Doc<"challenges">,
  nowMs: number,
): Promise<WalkBatch | null> {
  const challengeId = challenge._id;
  const day = dayOfInstant(nowMs, challenge.timezone);
  if (stageOf(challenge, nowMs) !== "open" || day <= challenge.startsOn) return null;
  const walk = await walkOf(ctx, challengeId);
  if (walk?.day === day) return walk.isDone ? null : { challengeId, day, step: walk.step };
  const table = openTable(ctx, "rankWalks");
  const start = { step: 0, cursor: null, isDone: false, position: 0, rank: 0, negTotal: null };
  if (walk === null) await table.insert({ challengeId, day, ...start });
  else await table.patch(walk._id, { day, ...start });
  return { challengeId, day, step: 0 };
}

/**
 * Takes the ranks of the next people of a challenge's board. A batch that is done already, or whose day is over, does
 * nothing.
 *
 * @param numItems how many people; in one transaction at most 100
 * @returns the next batch, null when there is none
 */
export async function walkBatch(
  ctx: WriteCtx,
  { challengeId, day, step }: WalkBatch,
  numItems = ROWS_PER_BATCH,
): Promise<WalkBatch | null> {
  const walk = await walkOf(ctx, challengeId);
  if (walk === null || walk.day !== day || walk.step !== step || walk.isDone) return null;
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
  const next = { step: step + 1, cursor, isDone, position, rank, negTotal };
  await openTable(ctx, "rankWalks").patch(walk._id, next);
  return isDone ? null : { challengeId, day, step: step + 1 };
}
