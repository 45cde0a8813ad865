import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalAction } from "../lib/functions";
import type { Board, BoardRow } from "../tables/snapshots";

/**
 * Takes a run of a snapshot: reads the board in one query (in several only above 10,000 people), hands its rows back in
 * batches of 500, and completes it. It writes nothing itself; when it is lost on the way the next run begins from nothing.
 */
export const take = internalAction({
  args: { snapshotId: v.id("snapshots"), run: v.number() },
  returns: v.null(),
  handler: async (ctx, { snapshotId, run }): Promise<null> => {
    let cursor: string | null = null;
    let before: BoardRow | null = null;
    let isDone = false;
    while (!isDone) {
      const board: Board = await ctx.runQuery(internal.queries.snapshots.board, {
        snapshotId,
        cursor,
        before,
      });
      for (const rows of board.batches) {
        await ctx.runMutation(internal.mutations.snapshots.write, { snapshotId, run, rows });
        before = rows.at(-1) ?? before;
      }
      cursor = board.continueCursor;
      isDone = board.isDone;
    }
    const size = before?.position ?? 0;
    await ctx.runMutation(internal.mutations.snapshots.complete, { snapshotId, run, size });
    return null;
  },
});
