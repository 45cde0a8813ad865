import type { Doc, Id } from "../_generated/dataModel";
import type { Owner } from "./pointLedger/ports";
import type { Ranked } from "./ranks";
import type { BoardId } from "./rules/boards";
import type { ReadCtx } from "./tableOwners";

/** At most 53 weeks, and as many categories as a person's rows were ever scored in: more than a challenge has types. */
export const MAX_BOARDS_PER_PERSON = 500;

/** A row of a week's or category's board as the board's tree holds it. */
export function rankedBoardTotal(row: Doc<"boardTotals">): Ranked {
  const { _id: id, challengeId, board, key, points, reachedAt, userId, listed } = row;
  return { namespace: [challengeId, board, key], key: [0 - points, reachedAt, userId], id, listed };
}

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

/** Whether anybody has something on a board. */
export async function hasBoardTotals(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  { board, key }: BoardId,
): Promise<boolean> {
  const first = await ctx.db
    .query("boardTotals")
    .withIndex("by_challengeId_and_board_and_key_and_listed_and_order", (q) =>
      q.eq("challengeId", challengeId).eq("board", board).eq("key", key),
    )
    .first();
  return first !== null;
}

/** The first category after this one in which anybody has something; null after the last. */
export async function nextCategory(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  after: string,
): Promise<string | null> {
  const first = await ctx.db
    .query("boardTotals")
    .withIndex("by_challengeId_and_board_and_key_and_listed_and_order", (q) =>
      q.eq("challengeId", challengeId).eq("board", "category").gt("key", after),
    )
    .first();
  return first?.key ?? null;
}

/** The first `count` listed rows of a board, best first. */
export async function firstBoardTotals(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  { board, key }: BoardId,
  count: number,
): Promise<Array<Doc<"boardTotals">>> {
  return await ctx.db
    .query("boardTotals")
    .withIndex("by_challengeId_and_board_and_key_and_listed_and_order", (q) =>
      q.eq("challengeId", challengeId).eq("board", board).eq("key", key).eq("listed", true),
    )
    .take(count);
}

/** Up to `count` listed rows of a board next to a place on it, nearest first. */
export async function boardTotalsNextTo(
  ctx: ReadCtx,
  {
    challengeId,
    board,
    key,
    order,
  }: Pick<Doc<"boardTotals">, "challengeId" | "board" | "key" | "order">,
  side: "above" | "below",
  count: number,
): Promise<Array<Doc<"boardTotals">>> {
  return await ctx.db
    .query("boardTotals")
    .withIndex("by_challengeId_and_board_and_key_and_listed_and_order", (q) => {
      const listed = q
        .eq("challengeId", challengeId)
        .eq("board", board)
        .eq("key", key)
        .eq("listed", true);
      return side === "above" ? listed.lt("order", order) : listed.gt("order", order);
    })
    .order(side === "above" ? "desc" : "asc")
    .take(count);
}
