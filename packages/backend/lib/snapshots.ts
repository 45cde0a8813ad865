import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { News } from "../tables/notifications";
import type { Board, BoardRow } from "../tables/snapshots";
import { activeParticipation } from "./access";
import { notify } from "./notifications";
import { personOf } from "./people";
import { rankRows } from "./rules/games";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * Snapshots of a board. Asking for one writes its row and schedules the action that reads the board in one query and
 * hands its rows back in batches (integrations/snapshots). An action runs at most once, so every try is a numbered run:
 * a lost one is begun again from nothing, and what an earlier run still writes is turned away. Each run therefore holds
 * the board of one instant.
 */

type Snapshot = Doc<"snapshots">;
type SnapshotRow = Doc<"snapshotRows">;

/** People one query reads: a standing has under 600 bytes, so this is below 6 of the 16 MiB and 10,000 of 32,000 rows. */
const BOARD_AT_ONCE = 10_000;
/** Rows of a batch, which one mutation writes. */
const BATCH = 500;
/** Rows of a run that one transaction removes. */
const REMOVED_AT_ONCE = 1_000;
/** People told in one transaction. */
const TOLD_AT_ONCE = 100;

/**
 * A challenge's board at this instant: listed people in the board's order with ranks, at most 10,000 at once. Games
 * leave out who was removed with their points kept: nobody can play with or against them.
 *
 * @param from where the part before ended, with its last row; nulls for the first
 */
export async function readBoard(
  ctx: ReadCtx,
  { challengeId, kind }: Pick<Snapshot, "challengeId" | "kind">,
  { cursor, before }: { cursor: string | null; before: BoardRow | null },
): Promise<Board> {
  const { page, continueCursor, isDone } = await ctx.db
    .query("standings")
    .withIndex("by_challengeId_and_listed_and_negTotal_and_reachedAt_and_userId", (q) =>
      q.eq("challengeId", challengeId).eq("listed", true),
    )
    .paginate({ cursor, numItems: BOARD_AT_ONCE });
  const shown = kind === "final" ? page : page.filter(({ isFormer }) => !isFormer);
  const rows = rankRows(shown, before);
  const batches = [];
  for (let from = 0; from < rows.length; from += BATCH)
    batches.push(rows.slice(from, from + BATCH));
  return { batches, continueCursor, isDone };
}

/** Asks for a snapshot of a challenge's board, which follows within seconds. */
export async function requestSnapshot(
  ctx: WriteCtx,
  wish: Pick<Snapshot, "challengeId" | "kind" | "gameId" | "version">,
): Promise<Id<"snapshots">> {
  const snapshotId = await openTable(ctx, "snapshots").insert({
    ...wish,
    status: "building",
    run: 1,
    size: 0,
    announced: 0,
    readyAt: null,
    beatAt: Date.now(),
  });
  await ctx.scheduler.runAfter(0, internal.integrations.snapshots.take, { snapshotId, run: 1 });
  return snapshotId;
}

/** Begins a snapshot that is not ready again, from nothing; the rows it had go. */
async function restart(ctx: WriteCtx, { _id: snapshotId, run: lost }: Snapshot): Promise<void> {
  const run = lost + 1;
  await openTable(ctx, "snapshots").patch(snapshotId, { run, size: 0, beatAt: Date.now() });
  await ctx.scheduler.runAfter(0, internal.integrations.snapshots.take, { snapshotId, run });
  const rows = { snapshotId, run: lost };
  await ctx.scheduler.runAfter(0, internal.mutations.snapshots.removeRows, rows);
}

/** Gives a snapshot up; its rows go. Nothing to do where it is gone or was given up before. */
export async function discardSnapshot(ctx: WriteCtx, snapshotId: Id<"snapshots">): Promise<void> {
  const snapshot = await ctx.db.get("snapshots", snapshotId);
  if (snapshot === null || snapshot.status === "discarded") return;
  await openTable(ctx, "snapshots").patch(snapshotId, { status: "discarded", beatAt: null });
  const rows = { snapshotId, run: snapshot.run };
  await ctx.scheduler.runAfter(0, internal.mutations.snapshots.removeRows, rows);
}

/** Removes some rows of a run that is no longer wanted; answers whether there may be more. */
export async function removeRows(
  ctx: WriteCtx,
  { snapshotId, run }: { snapshotId: Id<"snapshots">; run: number },
): Promise<boolean> {
  const rows = await ctx.db
    .query("snapshotRows")
    .withIndex("by_snapshotId_and_run_and_position", (q) =>
      q.eq("snapshotId", snapshotId).eq("run", run),
    )
    .take(REMOVED_AT_ONCE);
  const table = openTable(ctx, "snapshotRows");
  for (const row of rows) await table.delete(row._id);
  return rows.length === REMOVED_AT_ONCE;
}

/** A snapshot while this run of it is the one being built; null for a run that was given up. */
async function buildingRun(
  ctx: ReadCtx,
  { snapshotId, run }: { snapshotId: Id<"snapshots">; run: number },
): Promise<Snapshot | null> {
  const snapshot = await ctx.db.get("snapshots", snapshotId);
  return snapshot?.status === "building" && snapshot.run === run ? snapshot : null;
}

/**
 * Writes one batch of a run, at most 500 rows, in their order: one that is in already, or whose run was given up,
 * changes nothing. Somebody who moved down between two pages of a very large board, and so comes twice, stays where
 * they were first.
 */
export async function writeBatch(
  ctx: WriteCtx,
  { rows, ...which }: { snapshotId: Id<"snapshots">; run: number; rows: readonly BoardRow[] },
): Promise<void> {
  const snapshot = await buildingRun(ctx, which);
  const last = rows.at(-1);
  if (snapshot === null || last === undefined || rows[0]?.position !== snapshot.size + 1) return;
  const table = openTable(ctx, "snapshotRows");
  for (const row of rows) {
    const isNew = (await rowOfPerson(ctx, { ...which, userId: row.userId })) === null;
    if (isNew) await table.insert({ ...which, ...row });
  }
  const change = { size: last.position, beatAt: Date.now() };
  await openTable(ctx, "snapshots").patch(snapshot._id, change);
}

/**
 * Makes a snapshot visible once its last batch is in, and begins to tell its people: those of a game's start and of the
 * first final standings. Answers it the one time that happens, null for a run that was given up or is complete.
 */
export async function completeSnapshot(
  ctx: WriteCtx,
  { size, ...which }: { snapshotId: Id<"snapshots">; run: number; size: number },
): Promise<Snapshot | null> {
  const snapshot = await buildingRun(ctx, which);
  if (snapshot?.size !== size) return null;
  const isAnnounced = snapshot.kind !== "gameEnd" && snapshot.version === 1;
  const now = Date.now();
  const change = { status: "ready", readyAt: now, beatAt: isAnnounced ? now : null } as const;
  await openTable(ctx, "snapshots").patch(snapshot._id, change);
  if (isAnnounced) {
    const first = { snapshotId: snapshot._id, from: 0 };
    await ctx.scheduler.runAfter(0, internal.mutations.snapshots.announce, first);
  }
  return { ...snapshot, ...change };
}

/**
 * Tells the next 100 people of a ready snapshot. Nothing to do unless `from` people were told before: of two chains
 * only one goes on.
 *
 * @param newsOf what somebody is told
 */
export async function announceSome(
  ctx: WriteCtx,
  { snapshotId, from }: { snapshotId: Id<"snapshots">; from: number },
  newsOf: (row: SnapshotRow) => News,
): Promise<void> {
  const snapshot = await ctx.db.get("snapshots", snapshotId);
  if (snapshot?.status !== "ready" || snapshot.beatAt === null || snapshot.announced !== from)
    return;
  const { challengeId } = snapshot;
  const rows = await rowsFrom(ctx, snapshot, from + 1, TOLD_AT_ONCE);
  for (const row of rows) {
    const isHere = (await activeParticipation(ctx, challengeId, row.userId)) !== null;
    if (isHere && (await personOf(ctx, row.userId)) !== null)
      await notify(ctx, [row.userId], { challengeId, news: newsOf(row) });
  }
  const announced = from + rows.length;
  const isLast = announced >= snapshot.size;
  const beatAt = isLast ? null : Date.now();
  await openTable(ctx, "snapshots").patch(snapshotId, { announced, beatAt });
  if (!isLast) {
    const next = { snapshotId, from: announced };
    await ctx.scheduler.runAfter(0, internal.mutations.snapshots.announce, next);
  }
}

/** Goes on with snapshots whose work was lost: nothing was heard of it since `before` (UTC ms). */
export async function resumeSnapshots(ctx: WriteCtx, before: number): Promise<void> {
  const stuck = await ctx.db
    .query("snapshots")
    .withIndex("by_beatAt", (q) => q.gt("beatAt", 0).lt("beatAt", before))
    .take(100);
  for (const snapshot of stuck) {
    if (snapshot.status === "building") {
      await restart(ctx, snapshot);
      continue;
    }
    const next = { snapshotId: snapshot._id, from: snapshot.announced };
    await openTable(ctx, "snapshots").patch(snapshot._id, { beatAt: Date.now() });
    await ctx.scheduler.runAfter(0, internal.mutations.snapshots.announce, next);
  }
}

/**
 * Asks for the next version of a challenge's final standings: the first when it is frozen, another after each adjusting
 * entry. One that nobody has seen yet is begun again instead, so that it holds the entry.
 */
export async function requestFinalStandings(
  ctx: WriteCtx,
  challengeId: Id<"challenges">,
): Promise<void> {
  const [latest] = await finalVersions(ctx, challengeId, 1);
  if (latest?.status === "building") return await restart(ctx, latest);
  const version = (latest?.version ?? 0) + 1;
  await requestSnapshot(ctx, { challengeId, kind: "final", gameId: null, version });
}

async function finalVersions(ctx: ReadCtx, challengeId: Id<"challenges">, count: number) {
  return await ctx.db
    .query("snapshots")
    .withIndex("by_challengeId_and_kind_and_version", (q) =>
      q.eq("challengeId", challengeId).eq("kind", "final"),
    )
    .order("desc")
    .take(count);
}

/** The final standings of a challenge that are ready, of one version or the newest; null when there are none. */
export async function finalSnapshot(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  version: number | undefined,
): Promise<Snapshot | null> {
  if (version === undefined) {
    // At most the newest is still being built.
    const newest = await finalVersions(ctx, challengeId, 2);
    return newest.find(({ status }) => status === "ready") ?? null;
  }
  const snapshot = await ctx.db
    .query("snapshots")
    .withIndex("by_challengeId_and_kind_and_version", (q) =>
      q.eq("challengeId", challengeId).eq("kind", "final").eq("version", version),
    )
    .unique();
  return snapshot?.status === "ready" ? snapshot : null;
}

/** Some rows of a snapshot by position, which is counted from 1. */
export async function rowsFrom(
  ctx: ReadCtx,
  { _id, run }: Pick<Snapshot, "_id" | "run">,
  position: number,
  count: number,
): Promise<SnapshotRow[]> {
  return await ctx.db
    .query("snapshotRows")
    .withIndex("by_snapshotId_and_run_and_position", (q) =>
      q.eq("snapshotId", _id).eq("run", run).gte("position", position),
    )
    .take(count);
}

/** A person's row in a run of a snapshot; null when they are not in it. */
export async function rowOfPerson(
  ctx: ReadCtx,
  { snapshotId, run, userId }: Pick<SnapshotRow, "snapshotId" | "run" | "userId">,
): Promise<SnapshotRow | null> {
  return await ctx.db
    .query("snapshotRows")
    .withIndex("by_snapshotId_and_run_and_userId", (q) =>
      q.eq("snapshotId", snapshotId).eq("run", run).eq("userId", userId),
    )
    .unique();
}

/** Deletes the snapshots of a challenge, each after its rows, at most `limit` rows; answers how many. */
export async function eraseSnapshots(
  ctx: WriteCtx,
  { challengeId }: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const snapshot = await ctx.db
    .query("snapshots")
    .withIndex("by_challengeId_and_kind_and_version", (q) => q.eq("challengeId", challengeId))
    .first();
  if (snapshot === null) return 0;
  const rows = await ctx.db
    .query("snapshotRows")
    .withIndex("by_snapshotId_and_run_and_position", (q) => q.eq("snapshotId", snapshot._id))
    .take(limit);
  const erased = await eraseRows(openTable(ctx, "snapshotRows"), rows);
  if (erased === limit) return limit;
  return erased + (await eraseRows(openTable(ctx, "snapshots"), [snapshot]));
}
