import type { PaginationOptions, PaginationResult } from "convex/server";
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { openFlagsAbout } from "./flags";
import type { Owner } from "./pointLedger/ports";
import type { ReadCtx } from "./tableOwners";

type Activity = Doc<"activities">;

/** What became of an activity. */
export const historyStatusValidator = v.union(
  /** It counts, awards and bonuses too. */
  v.literal("counted"),
  /** An organiser changed it, and it counts. */
  v.literal("corrected"),
  /** An organiser took it out, or had changed it before it was removed. */
  v.literal("notCounted"),
  /** Its person took it out, or the award was taken back. */
  v.literal("deleted"),
);
export type HistoryStatus = Infer<typeof historyStatusValidator>;

/** Which of a person's activities are wanted; all of them without either. */
export interface HistoryWish {
  activityTypeId?: Id<"activityTypes">;
  status?: HistoryStatus;
}

/** The status of a row: one that an organiser changed and that counts is `corrected` and `counted`. */
function hasStatus({ deletedAt, isSticky }: Activity, status: HistoryStatus): boolean {
  const isLive = deletedAt === undefined;
  switch (status) {
    case "counted":
      return isLive;
    case "corrected":
      return isLive && isSticky;
    case "notCounted":
      return !isLive && isSticky;
    case "deleted":
      return !isLive && !isSticky;
  }
}

/**
 * A page of a person's activities, removed ones and system rows included: newest day first, those that were deleted by when
 * that was. It is read from the index that has fewest others, and those are left out: it may be shorter than asked for,
 * or empty, and not the last.
 */
export async function historyPage(
  ctx: ReadCtx,
  owner: Owner,
  wish: HistoryWish,
  paging: PaginationOptions,
): Promise<PaginationResult<Activity>> {
  const { activityTypeId, status } = wish;
  const result = await rangeOf(ctx, owner, wish).order("desc").paginate(paging);
  const page = result.page.filter(
    (row) =>
      (activityTypeId === undefined || row.activityTypeId === activityTypeId) &&
      (status === undefined || hasStatus(row, status)),
  );
  return { ...result, page };
}

function rangeOf(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
  { activityTypeId, status }: HistoryWish,
) {
  const rows = ctx.db.query("activities");
  if (status === "corrected" || status === "notCounted")
    return rows.withIndex("by_challengeId_and_userId_and_isSticky_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).eq("isSticky", true),
    );
  if (status === "deleted")
    return rows.withIndex("by_challengeId_and_userId_and_deletedAt", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).gt("deletedAt", 0),
    );
  if (activityTypeId !== undefined)
    return rows.withIndex("by_activityTypeId_and_userId_and_loggedDate_and_deletedAt", (q) =>
      q.eq("activityTypeId", activityTypeId).eq("userId", userId),
    );
  return rows.withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
    q.eq("challengeId", challengeId).eq("userId", userId),
  );
}

/** A person's activities that are under review, newest day first; as many as have one of their 200 first open flags. */
export async function underReviewOf(ctx: ReadCtx, owner: Owner): Promise<Activity[]> {
  const flags = await openFlagsAbout(ctx, owner);
  const ids = new Set(flags.map(({ activityId }) => activityId));
  const rows = await Promise.all([...ids].map((id) => ctx.db.get("activities", id)));
  return rows
    .filter((row) => row !== null)
    .sort((one, other) => ((one.loggedDate ?? "") < (other.loggedDate ?? "") ? 1 : -1));
}
