import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import { dropHeldOfStrava } from "./heldActivities";
import { notify } from "./notifications";
import { ledgerReads, revokeBonusActivity, softDeleteActivity } from "./pointLedger";
import type { Owner } from "./pointLedger/ports";
import { lateEntriesOf, lateKeyOf } from "./shownRow";
import { deleteConnection, eraseGrants, forgetLink } from "./stravaConnections";
import { forgetOpenLate, lateOf } from "./stravaLate";
import { eraseRaw } from "./stravaRaw";
import { forgetSkipsOf } from "./stravaSkips";
import { forgetTasksOf } from "./stravaTasks";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * Erases what came from Strava when a connection ends. The tokens go at once, in the transaction that ends it; rows
 * follow in steps. Their raw fields are erased always, and their points, with those of entries for what arrived late, go
 * when that was chosen, where standings are not final yet.
 */

type Purge = Doc<"stravaPurges">;

/** Rows of one step. */
const BATCH = 15;
const MAX_PARTICIPATIONS = 200;
/** An account has at most 2,000 rows. */
const MAX_ROWS = 2_001;
/** Disconnections of one athlete that are looked at. */
const MAX_FORMER = 100;

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
  const isRemoving = purge.points === "remove";
  for (const row of rows) {
    if (isRemoving && (await removePoints(ctx, row))) removed += 1;
    const now = await ctx.db.get("activities", row._id);
    if (now !== null) await eraseRaw(ctx, now);
    erased += 1;
  }
  // What arrived late comes after the last row.
  const room = BATCH - rows.length;
  const taken = isRemoving ? await removeLate(ctx, { challengeId, userId }, room) : 0;
  removed += taken;
  const isLast = taken < room;
  await table.patch(purgeId, {
    erased,
    removed,
    participationIndex: isLast ? participationIndex + 1 : participationIndex,
    afterExternalId: isLast ? "" : (rows.at(-1)?.externalId ?? afterExternalId),
  });
  return true;
}

/** Takes back at most `limit` entries that give the points of what arrived late; answers how many. */
async function removeLate(ctx: WriteCtx, owner: Owner, limit: number): Promise<number> {
  if (limit === 0) return 0;
  const entries = await lateEntriesOf(ctx, owner).take(MAX_ROWS);
  const live = entries.filter(({ deletedAt }) => deletedAt === undefined);
  let taken = 0;
  for (const entry of live.slice(0, limit)) if (await removePoints(ctx, entry)) taken += 1;
  return taken;
}

async function removePoints(ctx: WriteCtx, activity: Doc<"activities">): Promise<boolean> {
  const challenge = await ctx.db.get("challenges", activity.challengeId);
  const isFinal = challenge === null || challenge.finalAt !== undefined;
  if (isFinal || activity.deletedAt !== undefined) return false;
  const { userId, source } = activity;
  const verb = { challenge, userId, activity, actor: { kind: "strava", userId } } as const;
  if (source === "strava") await softDeleteActivity(ctx, verb);
  else await revokeBonusActivity(ctx, verb);
  return true;
}

/**
 * Whether an activity gives points to somebody the athlete was connected to before: final standings keep them, also when
 * the athlete is moved to another account.
 */
export async function countsForFormer(
  ctx: ReadCtx,
  athleteId: string,
  { challengeId, userId, externalId }: Owner & { externalId: string },
): Promise<boolean> {
  const purges = await ctx.db
    .query("stravaPurges")
    .withIndex("by_athleteId", (q) => q.eq("athleteId", athleteId))
    .take(MAX_FORMER);
  const { activities } = ledgerReads(ctx);
  for (const formerId of new Set(purges.map((purge) => purge.userId))) {
    if (formerId === userId) continue;
    const owner = { challengeId, userId: formerId };
    const row = await activities.ofExternalId(owner, "strava", externalId);
    const late = await lateOf(ctx, { ...owner, externalId });
    const entry = late && (await activities.ofAwardKey(owner, lateKeyOf(late._id)));
    if ([row, entry].some((one) => one !== null && one.deletedAt === undefined)) return true;
  }
  return false;
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
