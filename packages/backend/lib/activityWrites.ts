import type { Doc, Id } from "../_generated/dataModel";
import type { Actor, Reason } from "../tables/ledger";
import { activityPointsAggregate } from "./activityPointsAggregate";
import { type ActivityRow, livePoints } from "./rules/ledger";
import { MAX_POINTS_PER_ACTIVITY } from "./rules/scoring";
import { openTable, type WriteCtx } from "./tableOwners";

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

/** A row's next state and who answers for it: points move only with an actor and a reason. */
export interface PointMove {
  after: ActivityRow;
  actor: Actor;
  reason: Reason;
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
  { after }: PointMove,
): Promise<Id<"activities">> {
  checkPoints(after.pointsEarned);
  const id = await openTable(ctx, "activities").insert(after);
  await activityPointsAggregate.insert(ctx, { ...after, _id: id, _creationTime: 0 });
  return id;
}

/**
 * Changes a row: details alone, or points together with who moves them and why. The aggregate is written only when
 * what the row gives has changed. Throws when the points are not a whole number in bounds.
 */
export async function patchActivity(
  ctx: WriteCtx,
  before: Doc<"activities">,
  change: DetailFields | PointMove,
): Promise<void> {
  if (!("after" in change)) {
    await openTable(ctx, "activities").patch(before._id, change);
    return;
  }
  const { after } = change;
  checkPoints(after.pointsEarned);
  await openTable(ctx, "activities").replace(before._id, after);
  // Only what `after` says: a field it leaves out, like deletedAt, is gone.
  const { _id, _creationTime } = before;
  if (livePoints(before) !== livePoints(after))
    await activityPointsAggregate.replace(ctx, before, { ...after, _id, _creationTime });
}
