import type { Doc, Id } from "../_generated/dataModel";
import type { AccountFinding } from "../tables/jobs";
import { boardTotalsNextTo, boardTotalsOf, rankedBoardTotal } from "./boardTotals";
import type { Owner } from "./pointLedger/ports";
import {
  countSpans,
  entriesOf,
  isSamePlace,
  type LostRankChange,
  type Ranked,
  type RankMove,
  requeueRanks,
} from "./ranks";
import { boardName } from "./rules/boards";
import type { ReadCtx, WriteCtx } from "./tableOwners";
import { rankedStanding, standingsNextTo } from "./totalBoard";

/**
 * Compares the ranks with the boards. From the row above a row, exclusive, to the row itself its tree has one entry, and
 * from the last row of a board on it has one as well: where that holds for every row, the ranks follow the board.
 */

type BoardRow = Doc<"standings"> | Doc<"boardTotals">;

/** A listed row with the part of its tree that is its own, and where it has not one entry how many it has. */
export interface WrongRank {
  row: BoardRow;
  actual: number;
}

const rankedOf = (row: BoardRow): Ranked =>
  "board" in row ? rankedBoardTotal(row) : rankedStanding(row);

/** The rows a person has on the boards of a challenge where they are listed. */
export async function listedRows(ctx: ReadCtx, owner: Owner): Promise<BoardRow[]> {
  const { challengeId, userId } = owner;
  const standing = await ctx.db
    .query("standings")
    .withIndex("by_challengeId_and_userId", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .first();
  const rows = [...(standing ? [standing] : []), ...(await boardTotalsOf(ctx, owner))];
  return rows.filter(({ listed }) => listed);
}

async function neighbour(
  ctx: ReadCtx,
  row: BoardRow,
  side: "above" | "below",
): Promise<Ranked | null> {
  const [found] =
    "board" in row
      ? await boardTotalsNextTo(ctx, row, side, 1)
      : await standingsNextTo(ctx, row, side, 1);
  return found === undefined ? null : rankedOf(found);
}

async function spanOf(ctx: ReadCtx, row: BoardRow) {
  const { namespace, key } = rankedOf(row);
  const above = await neighbour(ctx, row, "above");
  const isLast = (await neighbour(ctx, row, "below")) === null;
  const lower = above === null ? {} : { lower: { key: above.key, inclusive: false } };
  const upper = isLast ? {} : { upper: { key, inclusive: true } };
  return { namespace, bounds: { ...lower, ...upper } };
}

/** Which of these listed rows are not ranked where they are on their board; null while changes are queued. */
export async function wrongRanks(
  ctx: ReadCtx,
  rows: readonly BoardRow[],
): Promise<WrongRank[] | null> {
  if (rows.length === 0) return [];
  const spans = [];
  for (const row of rows) spans.push(await spanOf(ctx, row));
  const counts = await countSpans(ctx, spans);
  if (counts === null) return null;
  return rows.flatMap((row, index) => {
    const actual = counts[index] ?? 0;
    return actual === 1 ? [] : [{ row, actual }];
  });
}

/** Sets ranks right: a row's own is put where the row is, and entries of nobody beside it are taken away. */
export async function repairRanks(ctx: WriteCtx, wrong: readonly WrongRank[]): Promise<void> {
  const moves: RankMove[] = [];
  // All reads come before the first write: what is queued makes them refused.
  for (const { row } of wrong) {
    for (const entry of await entriesOf(ctx, await spanOf(ctx, row))) {
      const owner = await rowOf(ctx, entry);
      const isOwn = owner?.listed === true && isSamePlace(rankedOf(owner), entry);
      if (!isOwn) moves.push({ before: entry, after: null });
    }
    const after = rankedOf(row);
    moves.push({ before: after, after });
  }
  await requeueRanks(ctx, moves);
}

/** The row an entry of a tree belongs to; null when it is gone. */
async function rowOf(
  ctx: ReadCtx,
  { namespace, id }: Pick<Ranked, "namespace" | "id">,
): Promise<BoardRow | null> {
  return typeof namespace === "string"
    ? await ctx.db.get("standings", id as Id<"standings">)
    : await ctx.db.get("boardTotals", id as Id<"boardTotals">);
}

/** A wrong rank as verify names it: how many entries a row has where there should be its own. */
export function rankFinding({ row, actual }: WrongRank): AccountFinding {
  const values = { userId: row.userId, expected: 1, actual, cure: "repair" as const };
  return "board" in row
    ? { kind: "boardRank", about: boardName(row), ...values }
    : { kind: "standingsRank", ...values };
}

/** A lost change of ranks as verify names it, with whose it is while their row is there. */
export async function lostFinding(ctx: ReadCtx, lost: LostRankChange): Promise<AccountFinding> {
  const { namespace, error } = lost;
  const userId = (await rowOf(ctx, lost))?.userId;
  const values = { userId, expected: null, actual: error, cure: "repair" as const };
  if (typeof namespace === "string") return { kind: "standingsRank.deadLetter", ...values };
  const [, board, key] = namespace;
  return { kind: "boardRank.deadLetter", about: boardName({ board, key }), ...values };
}
