import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { needChallengeAdmin, needParticipant } from "../lib/access";
import { need } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { checkPaging } from "../lib/rules/pages";
import { isHiddenFrom } from "../lib/shownRow";
import { actorKindValidator, eventKindValidator, reasonValidator } from "../tables/ledger";

const MAX_PAGE = 100;

const pointEvent = v.object({
  /** Gapless per person and challenge. */
  seq: v.number(),
  kind: eventKindValidator,
  /** Absent for what is said about the ledger itself. */
  activityId: v.optional(v.id("activities")),
  pointsBefore: v.number(),
  pointsAfter: v.number(),
  totalAfter: v.number(),
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
  handler: async (ctx, { challengeId, userId = ctx.userId, paginationOpts }) => {
    if (userId === ctx.userId) await needParticipant(ctx, challengeId);
    else await needChallengeAdmin(ctx, challengeId);
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
        const isOwn = userId === ctx.userId || activityId === undefined;
        const row = isOwn ? null : await ctx.db.get("activities", activityId);
        const isHidden = row !== null && isHiddenFrom(ctx.userId, row);
        return {
          seq: event.seq,
          kind: event.kind,
          activityId,
          pointsBefore: isHidden ? 0 : pointsBefore,
          pointsAfter: isHidden ? 0 : pointsAfter,
          totalAfter: event.totalAfter,
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
