import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";

export const snapshotKindValidator = v.union(
  v.literal("gameStart"),
  v.literal("gameEnd"),
  v.literal("final"),
);

/** One listed person of a board as it was: `position` from 1 without gaps, `rank` shared by equal totals. */
export const snapshotRowFields = {
  position: v.number(),
  rank: v.number(),
  userId: v.id("users"),
  totalPoints: v.number(),
  /** UTC ms. */
  reachedAt: v.number(),
};
export const snapshotRowValidator = v.object(snapshotRowFields);
export type BoardRow = Infer<typeof snapshotRowValidator>;

/** A board, or a part of it, in batches of rows: a list of Convex holds at most 8,192 values. */
export const boardValidator = v.object({
  batches: v.array(v.array(snapshotRowValidator)),
  continueCursor: v.string(),
  isDone: v.boolean(),
});
export type Board = Infer<typeof boardValidator>;

export const snapshotTables = {
  /**
   * A challenge's board at one instant: of a game's start or end, or the final standings; written by lib/snapshots. A
   * game has at most one of either kind, and final ones are unique by version. Nobody sees one before it is ready.
   */
  snapshots: defineTable({
    challengeId: v.id("challenges"),
    kind: snapshotKindValidator,
    gameId: v.union(v.id("miniGames"), v.null()),
    /** Counts the final standings of a challenge from 1; 1 for games. */
    version: v.number(),
    status: v.union(v.literal("building"), v.literal("ready"), v.literal("discarded")),
    /** Counts the tries from 1; rows of an earlier one are removed. */
    run: v.number(),
    /** Rows of this run so far; all of them once it is ready. */
    size: v.number(),
    /** Rows whose people were told. */
    announced: v.number(),
    /** UTC ms at which it became ready. */
    readyAt: v.union(v.number(), v.null()),
    /** UTC ms of the last sign of work on it, null when there is nothing left to do; when it is old the work was lost. */
    beatAt: v.union(v.number(), v.null()),
  })
    .index("by_challengeId_and_kind_and_version", ["challengeId", "kind", "version"])
    .index("by_beatAt", ["beatAt"]),
  /** One person in a snapshot; written by lib/snapshots; unique by snapshotId, run and userId, and by position. Names are not kept. */
  snapshotRows: defineTable({
    snapshotId: v.id("snapshots"),
    run: v.number(),
    ...snapshotRowFields,
  })
    .index("by_snapshotId_and_run_and_position", ["snapshotId", "run", "position"])
    .index("by_snapshotId_and_run_and_userId", ["snapshotId", "run", "userId"]),
};
