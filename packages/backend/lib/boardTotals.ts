import type { Doc } from "../_generated/dataModel";
import type { Owner } from "./pointLedger/ports";
import type { BoardId } from "./rules/boards";
import type { ReadCtx } from "./tableOwners";

/** At most 53 weeks, and as many categories as a person's rows were ever scored in: more than a challenge has types. */
export const MAX_BOARDS_PER_PERSON = 500;

/** What a person has on a board; null when that is nothing. */
export async function boardTotalOf(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
  { board, key }: BoardId,
): Promise<Doc<"boardTotals"> | null> {
  return await ctx.db
    .query("boardTotals")
    .withIndex("by_challengeId_and_userId_and_board_and_key", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).eq("board", board).eq("key", key),
    )
    .unique();
}

/** What a person has on all boards of a challenge, at most 500 of them. */
export async function boardTotalsOf(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
): Promise<Array<Doc<"boardTotals">>> {
  return await ctx.db
    .query("boardTotals")
    .withIndex("by_challengeId_and_userId_and_board_and_key", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(MAX_BOARDS_PER_PERSON);
}
