import { TableAggregate } from "@convex-dev/aggregate";
import { components } from "../_generated/api";
import type { DataModel, Doc, Id } from "../_generated/dataModel";
import { type BoardPlace, placeIn, type RankKey } from "./ranks";
import type { BoardId } from "./rules/boards";
import type { ReadCtx, WriteCtx } from "./tableOwners";

type BoardTotal = Doc<"boardTotals">;
type Namespace = [challengeId: Id<"challenges">, board: BoardId["board"], key: string];

/** The ranks of all week and category boards, a tree each. */
const boardRank = new TableAggregate<{
  Namespace: Namespace;
  Key: RankKey;
  DataModel: DataModel;
  TableName: "boardTotals";
}>(components.boardRank, { namespace: namespaceOf, sortKey: keyOf });

function namespaceOf({ challengeId, board, key }: BoardTotal): Namespace {
  return [challengeId, board, key];
}

function keyOf({ points, reachedAt, userId }: BoardTotal): RankKey {
  return [0 - points, reachedAt, userId];
}

/** One row of a board before (null: there was none) and after (null: there is none) a change. */
export interface BoardMove {
  before: BoardTotal | null;
  after: BoardTotal | null;
}

/**
 * Keeps the ranks of the boards in step with their rows, in one call. Queued like the rank of the total: a worker
 * applies it about a second later. Only listed rows have a rank.
 */
export async function queueBoardRanks(ctx: WriteCtx, moves: readonly BoardMove[]): Promise<void> {
  const operations: Parameters<typeof boardRank.enqueueBatch>[1] = [];
  for (const { before, after } of moves) {
    const ranked = before?.listed === true ? before : null;
    const doc = after?.listed === true ? after : null;
    if (ranked === null) {
      if (doc) operations.push({ type: "insert", doc });
    } else if (doc === null) {
      operations.push({ type: "delete", doc: ranked });
    } else if (ranked.points !== doc.points || ranked.reachedAt !== doc.reachedAt) {
      operations.push({ type: "replace", oldDoc: ranked, newDoc: doc });
    }
  }
  if (operations.length > 0) await boardRank.enqueueBatch(ctx, operations);
}

/**
 * Puts the ranks of board rows where they belong, wherever they were: for repairs, which cannot trust what is there.
 * Queued like every other change.
 */
export async function requeueBoardRanks(ctx: WriteCtx, moves: readonly BoardMove[]): Promise<void> {
  const operations: Parameters<typeof boardRank.enqueueBatch>[1] = [];
  for (const { before, after } of moves) {
    const isMoved =
      JSON.stringify(before && keyOf(before)) !== JSON.stringify(after && keyOf(after));
    const isAway = isMoved || after?.listed !== true;
    if (before && isAway) operations.push({ type: "deleteIfExists", doc: before });
    if (after?.listed) operations.push({ type: "replaceOrInsert", oldDoc: after, newDoc: after });
  }
  if (operations.length > 0) await boardRank.enqueueBatch(ctx, operations);
}

/** The place of a listed row on its board, see `placeIn`. */
export async function placeOnBoard(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  row: BoardTotal,
): Promise<BoardPlace> {
  return await placeIn(ctx, boardRank, namespaceOf(row), keyOf(row));
}
