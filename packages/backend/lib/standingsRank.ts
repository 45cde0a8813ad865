import { TableAggregate } from "@convex-dev/aggregate";
import { components } from "../_generated/api";
import type { DataModel, Doc, Id } from "../_generated/dataModel";
import type { ReadCtx, WriteCtx } from "./tableOwners";

type Standing = Doc<"standings">;

const rank = new TableAggregate<{
  Namespace: Id<"challenges">;
  Key: [negTotal: number, reachedAt: number, userId: Id<"users">];
  DataModel: DataModel;
  TableName: "standings";
}>(components.standingsRank, {
  namespace: (row) => row.challengeId,
  sortKey: (row) => [row.negTotal, row.reachedAt, row.userId],
});

/**
 * Keeps the rank in step with one standing (null: there was none). Queued: a worker applies it about a second later,
 * so that people who log at once do not wait for each other's rank. Only listed standings have a rank.
 */
export async function queueRank(
  ctx: WriteCtx,
  before: Standing | null,
  after: Standing,
): Promise<void> {
  const ranked = before?.listed === true ? before : null;
  if (!after.listed) {
    if (ranked) await rank.delete(ctx, ranked, { async: true });
  } else if (ranked === null) {
    await rank.insert(ctx, after, { async: true });
  } else if (ranked.negTotal !== after.negTotal || ranked.reachedAt !== after.reachedAt) {
    await rank.replace(ctx, ranked, after, { async: true });
  }
}

/**
 * How many people are listed in a challenge, as of about a second ago: read from a snapshot, so that people who join at
 * once do not conflict. People who left are not among them.
 */
export async function listedCount(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  challengeId: Id<"challenges">,
): Promise<number> {
  return await rank.count(ctx, { namespace: challengeId, stale: true });
}

/** Where a standing is on the board: rows above it, and rows above everybody it shares its total with. */
export interface BoardPlace {
  position: number;
  rank: number;
}

/**
 * The place of a listed standing, both counted from 1; people with equal totals share a rank (1, 2, 2, 4). It lags the
 * totals by what is still queued, about a second.
 */
export async function placeOf(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  { challengeId, negTotal, reachedAt, userId }: Standing,
): Promise<BoardPlace> {
  const above = (key: [number, number, Id<"users">] | [number, number, ""]) => ({
    namespace: challengeId,
    bounds: { upper: { key: key as [number, number, Id<"users">], inclusive: false } },
  });
  // No reachedAt is below 0, so this bound is under everybody with the same total.
  const [before = 0, better = 0] = await rank.countBatch(
    ctx,
    [above([negTotal, reachedAt, userId]), above([negTotal, -1, ""])],
    { stale: true },
  );
  return { position: before + 1, rank: better + 1 };
}
