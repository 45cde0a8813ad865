import { v } from "convex/values";
import { refuse } from "../lib/errors";
import { internalQuery } from "../lib/functions";
import { readBoard } from "../lib/snapshots";
import { boardValidator, snapshotRowValidator } from "../tables/snapshots";

/**
 * The board a snapshot is of, as it is at this instant; `cursor` and `before`, its last row, go on where a part ended.
 * Refuses NOT_FOUND for a snapshot that is gone.
 */
export const board = internalQuery({
  args: {
    snapshotId: v.id("snapshots"),
    cursor: v.union(v.string(), v.null()),
    before: v.union(snapshotRowValidator, v.null()),
  },
  returns: boardValidator,
  handler: async (ctx, { snapshotId, ...from }) => {
    const snapshot = await ctx.db.get("snapshots", snapshotId);
    if (snapshot === null) return refuse({ code: "NOT_FOUND", what: "snapshot" });
    return await readBoard(ctx, snapshot, from);
  },
});
