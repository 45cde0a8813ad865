import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { needChallengeAdmin } from "../lib/access";
import { displayNameOf } from "../lib/displayNames";
import { need } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { checkPaging } from "../lib/rules/pages";
import { lateBy, lateIn } from "../lib/stravaLate";
import { lateStatusValidator } from "../tables/strava";

const MAX_PAGE = 50;

/** What its person and organisers both see of an activity that arrived late. */
const lateFields = {
  lateId: v.id("stravaLateActivities"),
  /** The day it happened. */
  loggedDate: v.string(),
  /** UTC ms. */
  arrivedAt: v.number(),
  status: lateStatusValidator,
  /** Why it was decided so, in the organiser's words; null while it is open. */
  answer: v.union(v.string(), v.null()),
  /** UTC ms. */
  decidedAt: v.union(v.number(), v.null()),
};

/**
 * Activities of Strava that arrived after a challenge closed, in one state, in the order they came, at most 50 a page: who,
 * the type and the day, when it came, and whether it looks like another activity of its person. Its points are its
 * person's to see, as those of every activity of Strava. `mutations/stravaLate:decide` accepts or dismisses one. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and INVALID_INPUT.
 */
export const list = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    status: lateStatusValidator,
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(
    v.object({
      ...lateFields,
      userId: v.id("users"),
      displayName: v.string(),
      activityTypeId: v.id("activityTypes"),
      typeName: v.string(),
      isLikelyDuplicate: v.boolean(),
    }),
  ),
  handler: async (ctx, { challengeId, status, paginationOpts }) => {
    await needChallengeAdmin(ctx, challengeId);
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await lateIn(ctx, challengeId, status).paginate(paging);
    const page = await Promise.all(
      result.page.map(async ({ _id: lateId, userId, activityTypeId, ...late }) => ({
        lateId,
        userId,
        displayName: await displayNameOf(ctx, userId),
        activityTypeId,
        typeName: (await ctx.db.get("activityTypes", activityTypeId))?.name ?? "",
        isLikelyDuplicate: late.isLikelyDuplicate,
        loggedDate: late.loggedDate,
        arrivedAt: late.arrivedAt,
        status: late.status,
        answer: late.answer ?? null,
        decidedAt: late.decidedAt ?? null,
      })),
    );
    return { ...result, page };
  },
});

/**
 * The caller's own activities of Strava that arrived after a challenge closed, the last one first, at most 50 a page, with
 * the points each would have given and what organisers decided. Refuses NOT_SIGNED_IN and INVALID_INPUT.
 */
export const mine = viewerQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      ...lateFields,
      challengeId: v.id("challenges"),
      externalId: v.string(),
      sport: v.string(),
      points: v.number(),
    }),
  ),
  handler: async (ctx, { paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await lateBy(ctx, ctx.userId).paginate(paging);
    const page = result.page.map(({ _id: lateId, challengeId, externalId, ...late }) => ({
      lateId,
      challengeId,
      externalId,
      sport: late.sport,
      points: late.points,
      loggedDate: late.loggedDate,
      arrivedAt: late.arrivedAt,
      status: late.status,
      answer: late.answer ?? null,
      decidedAt: late.decidedAt ?? null,
    }));
    return { ...result, page };
  },
});
