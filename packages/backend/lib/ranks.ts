import type { Aggregate } from "@convex-dev/aggregate";
import type { Value } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { ReadCtx } from "./tableOwners";

/** What a rank aggregate is sorted by, upwards: 0 - points, when they were reached (UTC ms), whose they are. */
export type RankKey = [negPoints: number, reachedAt: number, userId: Id<"users">];

/** Where somebody is on a board: rows above them, and rows above everybody they share their points with. */
export interface BoardPlace {
  position: number;
  rank: number;
}

/**
 * The place of a key on a board, both counted from 1; people with equal points share a rank (1, 2, 2, 4). It lags the
 * points by what is still queued, about a second.
 */
export async function placeIn<Namespace extends Value>(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  ranks: Aggregate<RankKey, string, Namespace>,
  namespace: Namespace,
  [negPoints, reachedAt, userId]: RankKey,
): Promise<BoardPlace> {
  const above = (key: [number, number, Id<"users">] | [number, number, ""]) => ({
    namespace,
    bounds: { upper: { key: key as RankKey, inclusive: false } },
  });
  // No reachedAt is below 0, so the second bound is under everybody with the same points.
  const bounds = [above([negPoints, reachedAt, userId]), above([negPoints, -1, ""])];
  const [before = 0, better = 0] = await ranks.countBatch(ctx, bounds, { stale: true });
  return { position: before + 1, rank: better + 1 };
}
