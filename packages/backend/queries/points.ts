import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { needOwner } from "../lib/access";
import { need } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { checkPaging } from "../lib/rules/pages";
import { isHiddenFrom } from "../lib/shownRow";
import type { ReadCtx } from "../lib/tableOwners";
import { sourceValidator } from "../tables/activities";
import { actorKindValidator, eventKindValidator, reasonValidator } from "../tables/ledger";

const MAX_PAGE = 100;

const pointEvent = v.object({
  /** Gapless per person and challenge. */
  seq: v.number(),
  kind: eventKindValidator,
  /** Absent for what is said about the ledger itself. */
  activityId: v.optional(v.id("activities")),
  /** What it is about, by name: the type, or what the points are for. */
  name: v.optional(v.string()),
  source: v.optional(sourceValidator),
  /** The day the activity counts for now; null for what belongs to no day. */
  loggedDate: v.optional(v.union(v.string(), v.null())),
  pointsBefore: v.number(),
  pointsAfter: v.number(),
  totalAfter: v.number(),
  /** What it gave is its person's alone: the points before and after read 0 here. */
  isHidden: v.boolean(),
  /** In which role it was done; by whom is the challenge's own business. */
  actor: actorKindValidator,
  reason: reasonValidator,
  ruleVersion: v.number(),
  /** UTC ms. */
  at: v.number(),
});

/**
 * The ledger of a person's points in a challenge, newest event first, at most 100 a page: the caller's own, or anybody's
 * for admins, to whom the points of an activity of Strava read 0. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT.
 */
export const events = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    userId: v.optional(v.id("users")),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(pointEvent),
  handler: async (ctx, { paginationOpts, ...args }) => {
    const { challengeId, userId } = await needOwner(ctx, args);
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await ctx.db
      .query("pointEvents")
      .withIndex("by_challengeId_and_userId_and_seq", (q) =>
        q.eq("challengeId", challengeId).eq("userId", userId),
      )
      .order("desc")
      .paginate(paging);
    const page = await Promise.all(
      result.page.map(async ({ actor, ...event }) => {
        const { activityId, pointsBefore, pointsAfter } = event;
        const row = activityId === undefined ? null : await ctx.db.get("activities", activityId);
        const isHidden = row !== null && isHiddenFrom(ctx.userId, row);
        return {
          seq: event.seq,
          kind: event.kind,
          activityId,
          name: row === null ? undefined : await nameOf(ctx, row),
          source: row?.source,
          loggedDate: row?.loggedDate,
          pointsBefore: isHidden ? 0 : pointsBefore,
          pointsAfter: isHidden ? 0 : pointsAfter,
          totalAfter: event.totalAfter,
          isHidden,
          actor: actor.kind,
          reason: event.reason,
          ruleVersion: event.ruleVersion,
          at: event.at,
        };
      }),
    );
    return { ...result, page };
  },
});

/** What a row is called in a list of points. */
async function nameOf(ctx: ReadCtx, row: Doc<"activities">): Promise<string> {
  const { activityTypeId, breakdown } = row;
  const type = activityTypeId && (await ctx.db.get("activityTypes", activityTypeId));
  return type?.name ?? breakdown[0]?.label ?? "";
}
