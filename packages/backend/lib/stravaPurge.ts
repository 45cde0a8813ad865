import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import { dropHeldOfStrava } from "./heldActivities";
import { notify } from "./notifications";
import { softDeleteActivity } from "./pointLedger";
import { deleteConnection, eraseGrants, forgetLink } from "./stravaConnections";
import { forgetOpenLate } from "./stravaLate";
import { eraseRaw } from "./stravaRaw";
import { forgetSkipsOf } from "./stravaSkips";
import { forgetTasksOf } from "./stravaTasks";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * Erases what came from Strava when a connection ends. The tokens go at once, in the transaction that ends it; rows
 * follow in steps. Their raw fields are erased always, and their points go when that was chosen, where standings are not
 * final yet.
 */

type Purge = Doc<"stravaPurges">;

/** Rows of one step. */
const BATCH = 15;
const MAX_PARTICIPATIONS = 200;

/** The receipt of a person's last disconnection; null when there was none. */
export async function lastPurgeOf(ctx: ReadCtx, userId: Id<"users">): Promise<Purge | null> {
  return await ctx.db
    .query("stravaPurges")
    .withIndex("by_userId", (q) => q.eq("userId", userId))
    .order("desc")
    .first();
}

/** Starts to erase what an athlete's connection brought to a person. */
export async function startPurge(
  ctx: WriteCtx,
  purge: Pick<Purge, "userId" | "athleteId" | "points" | "cause">,
): Promise<void> {
  const purgeId = await openTable(ctx, "stravaPurges").insert({
    ...purge,
    startedAt: Date.now(),
    participationIndex: 0,
    afterExternalId: "",
    erased: 0,
    removed: 0,
  });
  await ctx.scheduler.runAfter(0, internal.mutations.strava.purgeStep, { purgeId });
}

/** Ends a connection and starts to erase what it brought. */
export async function endConnection(
  ctx: WriteCtx,
  connection: Doc<"stravaConnections">,
  how: Pick<Purge, "points" | "cause">,
): Promise<void> {
  const { userId, athleteId } = connection;
  await deleteConnection(ctx, connection);
  await startPurge(ctx, { userId, athleteId, ...how });
  await notify(ctx, [userId], { news: { kind: "stravaDisconnected" } });
}

/** Ends a person's own connection: as `endConnection`, and asks Strava to forget its tokens as well. */
export async function disconnect(
  ctx: WriteCtx,
  connection: Doc<"stravaConnections">,
  points: Purge["points"],
): Promise<void> {
  const { athleteId, tokens } = connection;
  await endConnection(ctx, connection, { points, cause: "asked" });
  await ctx.scheduler.runAfter(0, internal.integrations.strava.revoke, { athleteId, tokens });
}

/** One step of erasing; answers whether there is more to do. A step that was done already changes nothing. */
export async function purgeRows(ctx: WriteCtx, purgeId: Id<"stravaPurges">): Promise<boolean> {
  const purge = await ctx.db.get("stravaPurges", purgeId);
  if (purge === null || purge.finishedAt !== undefined) return false;
  const { userId, participationIndex, afterExternalId } = purge;
  const participations = await ctx.db
    .query("participations")
    .withIndex("by_userId_and_status", (q) => q.eq("userId", userId))
    .take(MAX_PARTICIPATIONS);
  const table = openTable(ctx, "stravaPurges");
  const participation = participations[participationIndex];
  if (participation === undefined) return await finish(ctx, purge);
  const { challengeId } = participation;
  const rows = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_source_and_externalId", (q) =>
      q
        .eq("challengeId", challengeId)
        .eq("userId", userId)
        .eq("source", "strava")
        .gt("externalId", afterExternalId),
    )
    .take(BATCH);
  let { erased, removed } = purge;
  for (const row of rows) {
    if (purge.points === "remove" && (await removePoints(ctx, row))) removed += 1;
    const now = await ctx.db.get("activities", row._id);
    if (now !== null) await eraseRaw(ctx, now);
    erased += 1;
  }
  const isLast = rows.length < BATCH;
  await table.patch(purgeId, {
    erased,
    removed,
    participationIndex: isLast ? participationIndex + 1 : participationIndex,
    afterExternalId: isLast ? "" : (rows.at(-1)?.externalId ?? ""),
  });
  return true;
}

async function removePoints(ctx: WriteCtx, activity: Doc<"activities">): Promise<boolean> {
  const challenge = await ctx.db.get("challenges", activity.challengeId);
  const isFinal = challenge === null || challenge.finalAt !== undefined;
  if (isFinal || activity.deletedAt !== undefined) return false;
  const { userId } = activity;
  await softDeleteActivity(ctx, { challenge, userId, activity, actor: { kind: "strava", userId } });
  return true;
}

/** What is left after the rows: waiting work and reasons, and with removed points whose they were. */
async function finish(ctx: WriteCtx, { _id, userId, athleteId, points }: Purge): Promise<boolean> {
  const isConnected = await ctx.db
    .query("stravaConnections")
    .withIndex("by_athleteId", (q) => q.eq("athleteId", athleteId))
    .unique();
  const forgotten = isConnected === null ? await forgetTasksOf(ctx, athleteId, BATCH) : 0;
  const isOwn = isConnected?.userId === userId;
  if (!isOwn && (await dropHeldOfStrava(ctx, { userId }, BATCH)) > 0) return true;
  if (!isOwn && (await forgetOpenLate(ctx, userId, BATCH)) > 0) return true;
  if (forgotten + (isOwn ? 0 : await forgetSkipsOf(ctx, userId, BATCH)) > 0) return true;
  if (points === "remove" && !isOwn) await forgetLink(ctx, athleteId, userId);
  await openTable(ctx, "stravaPurges").patch(_id, { finishedAt: Date.now() });
  return false;
}

/**
 * Erases what is known of a person's connections to Strava, which have ended: goes on with what their end began, and then
 * forgets the receipts as well. Answers how many steps or rows there were; 0: nothing is left.
 */
export async function eraseConnections(
  ctx: WriteCtx,
  { userId }: { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const last = await lastPurgeOf(ctx, userId);
  if (last === null) return await eraseGrants(ctx, userId, limit);
  if (last.finishedAt === undefined && (await purgeRows(ctx, last._id))) return 1;
  return await eraseRows(openTable(ctx, "stravaPurges"), [last]);
}
