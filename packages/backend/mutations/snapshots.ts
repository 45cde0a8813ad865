import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../lib/functions";
import { snapshotReady } from "../lib/games";
import { beginWork } from "../lib/gameSteps";
import { announceSome, completeSnapshot, removeRows as remove, writeBatch } from "../lib/snapshots";
import { snapshotRowValidator } from "../tables/snapshots";

const runArgs = { snapshotId: v.id("snapshots"), run: v.number() };

/** Writes one batch of a snapshot, once; see `writeBatch`. */
export const write = internalMutation({
  args: { ...runArgs, rows: v.array(snapshotRowValidator) },
  returns: v.null(),
  handler: async (ctx, args) => {
    await writeBatch(ctx, args);
    return null;
  },
});

/** Makes a snapshot visible, once, and lets its game go on; see `completeSnapshot`. */
export const complete = internalMutation({
  args: { ...runArgs, size: v.number() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const snapshot = await completeSnapshot(ctx, args);
    if (snapshot === null || snapshot.gameId === null) return null;
    if (await snapshotReady(ctx, snapshot)) await beginWork(ctx, snapshot.gameId, "measure");
    return null;
  },
});

/** Tells the next people of a snapshot, and schedules those after them; see `announceSome`. */
export const announce = internalMutation({
  args: { snapshotId: v.id("snapshots"), from: v.number() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const snapshot = await ctx.db.get("snapshots", args.snapshotId);
    const game = snapshot?.gameId && (await ctx.db.get("miniGames", snapshot.gameId));
    await announceSome(ctx, args, ({ rank }) =>
      game ? { kind: "gameStarted", name: game.name } : { kind: "standingsFinal", rank },
    );
    return null;
  },
});

/** Removes the rows of a run that was given up, in batches, until none is left. */
export const removeRows = internalMutation({
  args: runArgs,
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    if (await remove(ctx, args))
      await ctx.scheduler.runAfter(0, internal.mutations.snapshots.removeRows, args);
    return null;
  },
});
