import type { Doc, Id } from "../_generated/dataModel";
import type { Actor, Reason } from "../tables/ledger";
import { activityPointsAggregate } from "./activityPointsAggregate";
import { type ActivityRow, livePoints } from "./rules/ledger";
import { MAX_POINTS_PER_ACTIVITY } from "./rules/scoring";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/** Fields of a row that move no points. */
export type DetailFields = Pick<
  ActivityRow,
  | "notes"
  | "title"
  | "startedAtMs"
  | "importedContent"
  | "version"
  | "isSticky"
  | "breakdown"
  | "carriedBonuses"
  | "allowanceUsed"
>;

/** What is cleared of a row whose source may not be kept; its points stay. */
export type SealFields = Pick<
  ActivityRow,
  "metrics" | "breakdown" | "title" | "startedAtMs" | "sealedAt"
>;

/** A row's next state and who answers for it: points move only with an actor and a reason. */
export interface PointMove {
  after: ActivityRow;
  actor: Actor;
  reason: Reason;
}

/** A move that the aggregate follows, as the state of the challenge's aggregate says. */
export interface CountedMove extends PointMove {
  challenge: Pick<Doc<"challenges">, "aggregateState">;
}

/**
 * The last gate before points are stored. The rules never produce what it stops, so it throws a plain error: one NaN
 * that reached the aggregate would stay in its sum for good.
 */
function checkPoints(points: number): void {
  const isWhole = Number.isInteger(points) && !Object.is(points, -0);
  if (!isWhole || Math.abs(points) > MAX_POINTS_PER_ACTIVITY)
    throw new Error(`points must be a whole number up to ${MAX_POINTS_PER_ACTIVITY}: ${points}`);
}

/** Adds a row and counts it in the aggregate. Throws when its points are not a whole number in bounds. */
export async function insertActivity(
  ctx: WriteCtx,
  { after, challenge }: CountedMove,
): Promise<Id<"activities">> {
  checkPoints(after.pointsEarned);
  const id = await openTable(ctx, "activities").insert(after);
  await countRow(ctx, challenge, { before: null, after: { ...after, _id: id, _creationTime: 0 } });
  return id;
}

/**
 * Keeps the aggregate in step with one row. Strictly where it is ready, so that drift is noticed at once; while it is
 * being built an entry may be missing still, or be there already.
 */
async function countRow(
  ctx: WriteCtx,
  { aggregateState }: CountedMove["challenge"],
  { before, after }: { before: Doc<"activities"> | null; after: Doc<"activities"> },
): Promise<void> {
  if (aggregateState !== "ready")
    await activityPointsAggregate.replaceOrInsert(ctx, before ?? after, after);
  else if (before === null) await activityPointsAggregate.insert(ctx, after);
  else await activityPointsAggregate.replace(ctx, before, after);
}

/**
 * Changes a row: details alone, or points together with who moves them and why. The aggregate is written only when
 * what the row gives has changed. Throws when the points are not a whole number in bounds.
 */
export async function patchActivity(
  ctx: WriteCtx,
  before: Doc<"activities">,
  change: DetailFields | SealFields | CountedMove,
): Promise<void> {
  if (!("after" in change)) {
    await openTable(ctx, "activities").patch(before._id, change);
    return;
  }
  const { after, challenge } = change;
  checkPoints(after.pointsEarned);
  await openTable(ctx, "activities").replace(before._id, after);
  // Only what `after` says: a field it leaves out, like deletedAt, is gone.
  const { _id, _creationTime } = before;
  if (livePoints(before) !== livePoints(after))
    await countRow(ctx, challenge, { before, after: { ...after, _id, _creationTime } });
}

/** Writes a row of the system as a repair wants it (null: it is new), without its entry in the aggregate. */
export async function repairActivity(
  ctx: WriteCtx,
  before: Doc<"activities"> | null,
  { after }: PointMove,
): Promise<Id<"activities">> {
  checkPoints(after.pointsEarned);
  const table = openTable(ctx, "activities");
  if (before === null) return await table.insert(after);
  await table.replace(before._id, after);
  return before._id;
}

/**
 * Makes entries of one person's rows what the rows say: writes `put`, takes away `drop`. Tolerant: whatever is there
 * may be missing or wrong.
 *
 * @param change at most 25 entries: each costs about 12 index ranges
 */
export async function repairAggregate(
  ctx: WriteCtx,
  owner: Pick<ActivityRow, "challengeId" | "userId">,
  change: { put: ReadonlyArray<Id<"activities">>; drop: readonly string[] },
): Promise<void> {
  for (const id of change.put) {
    const row = await ctx.db.get("activities", id);
    if (row !== null) await activityPointsAggregate.replaceOrInsert(ctx, row, row);
  }
  for (const id of change.drop)
    await activityPointsAggregate.deleteIfExists(ctx, entryOf(owner, id));
}

/** Enough of a row to find its entry by, where the row itself is gone. */
function entryOf(
  owner: Pick<ActivityRow, "challengeId" | "userId">,
  activityId: string,
): Doc<"activities"> {
  return {
    ...owner,
    // An entry's id is the row's, also when no such row exists any more.
    _id: activityId as Id<"activities">,
    _creationTime: 0,
    activityTypeId: null,
    ruleVersion: 0,
    source: "adjustment",
    loggedDate: null,
    metrics: {},
    pointsEarned: 0,
    breakdown: [],
    version: 1,
    isSticky: false,
  };
}

/** Empties the aggregate of a challenge: what a NaN has got into is never right again. */
export async function clearAggregate(ctx: WriteCtx, challengeId: Id<"challenges">): Promise<void> {
  await activityPointsAggregate.clear(ctx, { namespace: challengeId });
}

/** Whose rows are erased: one person's in a challenge, or everybody's there. */
type ErasedScope = { challengeId: Id<"challenges">; userId?: Id<"users"> };

/** Rows of a person or of a whole challenge that are to be erased. */
export async function rowsToErase(
  ctx: ReadCtx,
  { challengeId, userId }: ErasedScope,
  limit: number,
): Promise<Array<Doc<"activities">>> {
  return await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) => {
      const ofChallenge = q.eq("challengeId", challengeId);
      return userId === undefined ? ofChallenge : ofChallenge.eq("userId", userId);
    })
    .take(limit);
}

/**
 * Deletes rows for good, for the jobs that delete a person or a challenge.
 *
 * @param isCounted with their entries in the aggregate, at most 25 at once; else that is emptied as a whole
 */
export async function eraseActivities(
  ctx: WriteCtx,
  rows: ReadonlyArray<Doc<"activities">>,
  { isCounted }: { isCounted: boolean },
): Promise<number> {
  if (isCounted) for (const row of rows) await activityPointsAggregate.deleteIfExists(ctx, row);
  return await eraseRows(openTable(ctx, "activities"), rows);
}

/** Whether a row still says something of its person beside its points and its day. */
export function isPersonal(row: Doc<"activities">): boolean {
  const { activityTypeId, sealedAt, notes, title, externalId, startedAtMs, importedContent } = row;
  const words = [notes, title, externalId, startedAtMs, importedContent];
  const isUnsealed = activityTypeId !== null && sealedAt === undefined;
  return isUnsealed || words.some((word) => word !== undefined);
}

/** Takes the words and the ids of other services out of a row that is sealed; its points stay. */
export async function eraseWords(ctx: WriteCtx, row: Doc<"activities">): Promise<void> {
  await openTable(ctx, "activities").patch(row._id, {
    notes: undefined,
    title: undefined,
    externalId: undefined,
    startedAtMs: undefined,
    importedContent: undefined,
  });
}
