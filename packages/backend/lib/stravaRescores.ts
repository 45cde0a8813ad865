import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { Actor } from "../tables/ledger";
import type { TaskOutcome } from "../tables/strava";
import { activeParticipation } from "./access";
import { activityTypesOf } from "./activityTypes";
import { rescoreAccount } from "./pointLedger";
import { checkImportRow, cleanTitle, type ImportRow } from "./rules/importRows";
import { applyRows } from "./stravaApply";
import { connectionOf } from "./stravaConnections";
import { rawFetched } from "./stravaRaw";
import { askFor } from "./stravaTasks";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * An organiser's rescore of rows whose raw fields expired. Each row is asked for as work that can wait, fetched when the
 * rate limits leave room, and scored by the versions the rescore began with. A row that cannot be fetched keeps its points.
 */

type Rescore = Doc<"stravaRescores">;
type Activity = Doc<"activities">;

/** Rows looked at by one step. */
const BATCH = 25;
/** Rows one rescore asks for: two days of what nightly work may take of Strava's usual limits. The next one goes on. */
const MAX_ASKED = 1_000;
/** Events of a row that are looked through for corrections. */
const MAX_EVENTS = 100;

/** The last rescore of a challenge; null before the first. */
export async function lastRescoreOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<Rescore | null> {
  return await ctx.db
    .query("stravaRescores")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", challengeId))
    .unique();
}

/** Starts a rescore of a challenge, in place of the last one's report, or joins the one that runs. */
export async function startRescore(
  ctx: WriteCtx,
  challengeId: Id<"challenges">,
  actor: Actor,
): Promise<Id<"stravaRescores">> {
  const last = await lastRescoreOf(ctx, challengeId);
  const isRunning = last !== null && last.endedAt === undefined;
  const rescoreId = isRunning ? last._id : await insertRescore(ctx, challengeId, actor);
  if (last !== null && !isRunning) await openTable(ctx, "stravaRescores").delete(last._id);
  // Steps share one cursor: a second chain of them finds what the first has left.
  await ctx.scheduler.runAfter(0, internal.mutations.rescoreStrava.list, { rescoreId });
  return rescoreId;
}

async function insertRescore(ctx: WriteCtx, challengeId: Id<"challenges">, actor: Actor) {
  const types = await activityTypesOf(ctx, challengeId);
  return await openTable(ctx, "stravaRescores").insert({
    challengeId,
    actor,
    versions: Object.fromEntries(types.map(({ _id, version }) => [_id, version])),
    startedAt: Date.now(),
    afterExternalId: "",
    isListed: false,
    asked: 0,
    waiting: 0,
    rescored: 0,
    kept: 0,
    rawExpired: 0,
    left: 0,
  });
}

/** Looks at the next rows and asks for those that are due; answers whether there are more. */
export async function listRows(ctx: WriteCtx, rescoreId: Id<"stravaRescores">): Promise<boolean> {
  const run = await ctx.db.get("stravaRescores", rescoreId);
  if (run === null || run.isListed) return false;
  const rows = run.userId === undefined ? [] : await rowsAfter(ctx, run, run.userId);
  const next = { ...run };
  for (const row of rows) if (isDue(run, row)) await askForRow(ctx, next, row);
  if (rows.length === BATCH) next.afterExternalId = rows.at(-1)?.externalId ?? "";
  else {
    next.userId = await personAfter(ctx, run);
    next.afterExternalId = "";
    next.isListed = next.userId === undefined;
  }
  await save(ctx, next);
  return !next.isListed;
}

async function rowsAfter(ctx: ReadCtx, run: Rescore, userId: Id<"users">): Promise<Activity[]> {
  return await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_source_and_externalId", (q) =>
      q
        .eq("challengeId", run.challengeId)
        .eq("userId", userId)
        .eq("source", "strava")
        .gt("externalId", run.afterExternalId),
    )
    .take(BATCH);
}

async function personAfter(
  ctx: ReadCtx,
  { challengeId, userId }: Rescore,
): Promise<Id<"users"> | undefined> {
  const next = await ctx.db
    .query("participations")
    .withIndex("by_challengeId_and_userId", (q) => {
      const here = q.eq("challengeId", challengeId);
      return userId === undefined ? here : here.gt("userId", userId);
    })
    .first();
  return next?.userId;
}

/** Whether a row waits for a newer version than it has, and only fetching it anew can score it. */
function isDue({ versions }: Pick<Rescore, "versions">, row: Activity): boolean {
  const { activityTypeId, ruleVersion, sealedAt, deletedAt } = row;
  if (activityTypeId === null || sealedAt === undefined || deletedAt !== undefined) return false;
  return ruleVersion < (versions[activityTypeId] ?? 0);
}

/** Whether somebody corrected a row here: what Strava says is not what counts then, and the correction is gone. */
async function isCorrected(ctx: ReadCtx, row: Activity): Promise<boolean> {
  if (row.isSticky) return true;
  const events = await ctx.db
    .query("pointEvents")
    .withIndex("by_activityId_and_seq", (q) => q.eq("activityId", row._id))
    .order("desc")
    .take(MAX_EVENTS);
  return events.some(({ kind, actor }) => kind === "edited" && actor.kind !== "strava");
}

async function askForRow(ctx: WriteCtx, run: Rescore, row: Activity): Promise<void> {
  const { challengeId, userId, _id: objectId } = row;
  const connection = await connectionOf(ctx, userId);
  if (connection === null || (await activeParticipation(ctx, challengeId, userId)) === null)
    run.rawExpired += 1;
  else if (await isCorrected(ctx, row)) run.kept += 1;
  else if (run.asked >= MAX_ASKED) run.left += 1;
  else {
    const { athleteId } = connection;
    const ask = { athleteId, kind: "rescore" as const, objectId, isLive: false };
    await askFor(ctx, { ...ask, rescoreId: run._id });
    run.asked += 1;
    run.waiting += 1;
  }
}

/** Keeps the progress; a rescore ends when all rows were looked at and none is waited for. */
async function save(ctx: WriteCtx, run: Rescore): Promise<void> {
  const isOver = run.isListed && run.waiting === 0;
  const endedAt = isOver ? (run.endedAt ?? Date.now()) : undefined;
  await openTable(ctx, "stravaRescores").replace(run._id, { ...run, endedAt });
}

/** Counts how the work about one row ended; null: it was given up. */
export async function rowEnded(
  ctx: WriteCtx,
  rescoreId: Id<"stravaRescores">,
  outcome: TaskOutcome | null,
): Promise<void> {
  const run = await ctx.db.get("stravaRescores", rescoreId);
  if (run === null || run.endedAt !== undefined) return;
  const counted = outcome === "applied" ? "rescored" : outcome === "kept" ? "kept" : "rawExpired";
  await save(ctx, { ...run, [counted]: run[counted] + 1, waiting: run.waiting - 1 });
}

/** Strava's id of the sealed row a task is about; null when there is nothing to fetch it for any more. */
export async function sealedRowOf(ctx: ReadCtx, objectId: string): Promise<string | null> {
  const id = ctx.db.normalizeId("activities", objectId);
  const row = id && (await ctx.db.get("activities", id));
  const isSealed = row?.sealedAt !== undefined && row.deletedAt === undefined;
  return isSealed ? (row.externalId ?? null) : null;
}

/**
 * Scores a sealed row again by what Strava says now, as the organiser who asked for it; then everything else Strava says
 * now counts as always. Again after it was done it changes nothing.
 *
 * @returns `kept` when the row stays as it is: corrected, removed or frozen since, or the rule cannot score it
 */
export async function rescoreFetched(
  ctx: WriteCtx,
  { rescoreId, objectId }: Pick<Doc<"stravaTasks">, "rescoreId" | "objectId">,
  { userId, athleteId }: Doc<"stravaConnections">,
  row: ImportRow,
): Promise<"applied" | "kept"> {
  const run = rescoreId && (await ctx.db.get("stravaRescores", rescoreId));
  const id = ctx.db.normalizeId("activities", objectId);
  const stored = id && (await ctx.db.get("activities", id));
  if (!run || !stored || stored.userId !== userId || stored.externalId !== row.externalId)
    return "kept";
  const challenge = await ctx.db.get("challenges", stored.challengeId);
  if (challenge === null || challenge.finalAt !== undefined) return "kept";
  if ((await activeParticipation(ctx, challenge._id, userId)) === null) return "kept";
  if (!isDue(run, stored)) return isScored(run, stored) ? "applied" : "kept";
  if (!checkImportRow(row).ok || (await isCorrected(ctx, stored))) return "kept";
  const { metrics, startedAt: startedAtMs } = row;
  const { skipped } = await rescoreAccount(ctx, {
    challenge,
    userId,
    actor: run.actor,
    rows: [stored],
    versions: run.versions,
    fetched: { [stored._id]: { metrics, startedAtMs, title: cleanTitle(row.title) } },
  });
  if (skipped.length > 0) return "kept";
  await rawFetched(ctx, stored);
  await applyRows(ctx, { challenge, userId, athleteId }, [row]);
  return "applied";
}

function isScored({ versions }: Rescore, { activityTypeId, ruleVersion, deletedAt }: Activity) {
  if (activityTypeId === null || deletedAt !== undefined) return false;
  return ruleVersion >= (versions[activityTypeId] ?? 0);
}

/** Deletes the report of a challenge's rescore; answers how many there were. A step of it that comes later finds nothing. */
export async function eraseRescores(
  ctx: WriteCtx,
  { challengeId }: { challengeId: Id<"challenges"> },
): Promise<number> {
  const last = await lastRescoreOf(ctx, challengeId);
  return last === null ? 0 : await eraseRows(openTable(ctx, "stravaRescores"), [last]);
}
