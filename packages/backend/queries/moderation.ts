import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { type Infer, v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { needChallengeAdmin, needOwner } from "../lib/access";
import { activityFactsOf, activityFactsValidator } from "../lib/activityFacts";
import { appealOf, isAppealable } from "../lib/appeals";
import { commentsOf } from "../lib/comments";
import { displayNameOf } from "../lib/displayNames";
import { need } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { openFlagsOf } from "../lib/flags";
import { heldFactsOf, heldFactsValidator } from "../lib/heldFacts";
import { heldOf } from "../lib/heldActivities";
import { needRowWriter } from "../lib/ledgerAccess";
import { checkPaging } from "../lib/rules/pages";
import {
  appealStatusValidator,
  commentAudienceValidator,
  findingValidator,
  flagReasonValidator,
  moderationActionValidator,
} from "../tables/moderation";

const MAX_PAGE = 50;

/** What a flag says. */
const aboutValidator = v.union(
  v.object({ reason: flagReasonValidator, text: v.optional(v.string()) }),
  findingValidator,
  findingValidator.pick("code"),
);

/** Its person sees no words of others, and others no figures of what came from Strava. */
function shownAbout(
  about: Doc<"flags">["about"],
  { isOwn, source }: { isOwn: boolean; source: Doc<"activities">["source"] | undefined },
): Infer<typeof aboutValidator> {
  if ("reason" in about) return isOwn ? { reason: about.reason } : about;
  return isOwn || source !== "strava" ? about : { code: about.code };
}

/**
 * The open flags of a challenge, oldest first, at most 50 a page, with the activities they are about. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and INVALID_INPUT.
 */
export const flags = viewerQuery({
  args: { challengeId: v.id("challenges"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      flagId: v.id("flags"),
      userId: v.id("users"),
      displayName: v.string(),
      /** null: the system, and for whomever it is about. */
      flaggedBy: v.union(v.string(), v.null()),
      about: aboutValidator,
      /** UTC ms. */
      at: v.number(),
      activity: v.union(activityFactsValidator, v.null()),
    }),
  ),
  handler: async (ctx, { challengeId, paginationOpts }) => {
    await needChallengeAdmin(ctx, challengeId);
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await ctx.db
      .query("flags")
      .withIndex("by_challengeId_and_status", (q) =>
        q.eq("challengeId", challengeId).eq("status", "open"),
      )
      .paginate(paging);
    const page = await Promise.all(
      result.page.map(async ({ _id: flagId, activityId, userId, flaggedBy, about, at }) => {
        const row = await ctx.db.get("activities", activityId);
        const isOwn = userId === ctx.userId;
        return {
          flagId,
          userId,
          displayName: await displayNameOf(ctx, userId),
          flaggedBy: isOwn ? null : flaggedBy && (await displayNameOf(ctx, flaggedBy)),
          about: shownAbout(about, { isOwn, source: row?.source }),
          at,
          activity: row && (await activityFactsOf(ctx, row)),
        };
      }),
    );
    return { ...result, page };
  },
});

/**
 * The rows of a person's imports that wait for a decision, at most 200, each with the activity it looks like: the
 * caller's own, or anybody's for admins of the challenge, without those of Strava. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT and
 * NOT_CHALLENGE_ADMIN.
 */
export const held = viewerQuery({
  args: { challengeId: v.id("challenges"), userId: v.optional(v.id("users")) },
  returns: v.array(heldFactsValidator),
  handler: async (ctx, args) => {
    const owner = await needOwner(ctx, args);
    const all = await heldOf(ctx, owner);
    // What Strava told about somebody is theirs alone, and so is the decision about it.
    const rows = all.filter(({ source }) => owner.userId === ctx.userId || source !== "strava");
    const known = await Promise.all(rows.map(async (one) => await heldFactsOf(ctx, one)));
    return known.filter((one) => one !== null);
  },
});

/**
 * The open appeals of a challenge, oldest first, at most 50 a page, with the activities they are about. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and INVALID_INPUT.
 */
export const appeals = viewerQuery({
  args: { challengeId: v.id("challenges"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      appealId: v.id("appeals"),
      userId: v.id("users"),
      displayName: v.string(),
      text: v.string(),
      /** UTC ms. */
      at: v.number(),
      activity: v.union(activityFactsValidator, v.null()),
    }),
  ),
  handler: async (ctx, { challengeId, paginationOpts }) => {
    await needChallengeAdmin(ctx, challengeId);
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await ctx.db
      .query("appeals")
      .withIndex("by_challengeId_and_status", (q) =>
        q.eq("challengeId", challengeId).eq("status", "open"),
      )
      .paginate(paging);
    const page = await Promise.all(
      result.page.map(async ({ _id: appealId, activityId, userId, text, at }) => {
        const row = await ctx.db.get("activities", activityId);
        const displayName = await displayNameOf(ctx, userId);
        const activity = row && (await activityFactsOf(ctx, row));
        return { appealId, userId, displayName, text, at, activity };
      }),
    );
    return { ...result, page };
  },
});

/**
 * What organisers and the system say about an activity, to its person or to the organisers. Its person sees what is
 * doubted but neither who doubts it nor their words, and no comment that is for the organisers alone. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT and NOT_CHALLENGE_ADMIN.
 */
export const review = viewerQuery({
  args: { activityId: v.id("activities") },
  returns: v.object({
    isUnderReview: v.boolean(),
    flags: v.array(aboutValidator),
    comments: v.array(
      v.object({
        commentId: v.id("comments"),
        author: v.string(),
        audience: commentAudienceValidator,
        text: v.string(),
        /** UTC ms. */
        at: v.number(),
      }),
    ),
    appeal: v.union(
      v.object({ text: v.string(), status: appealStatusValidator, answer: v.optional(v.string()) }),
      v.null(),
    ),
    mayAppeal: v.boolean(),
  }),
  handler: async (ctx, { activityId }) => {
    const { activity, actor } = await needRowWriter(ctx, activityId, { asAdmin: false });
    const isOwner = actor.kind === "user";
    const isOwn = activity.userId === ctx.userId;
    const flags = await openFlagsOf(ctx, activityId);
    const comments = await commentsOf(ctx, activityId, "participant");
    if (!isOwner) comments.push(...(await commentsOf(ctx, activityId, "admins")));
    const appeal = await appealOf(ctx, activityId);
    const mayAppeal = isOwner && appeal === null && (await isAppealable(ctx, activity));
    return {
      isUnderReview: flags.length > 0,
      flags: flags.map(({ about }) => shownAbout(about, { isOwn, source: activity.source })),
      comments: await Promise.all(
        comments.map(async ({ _id: commentId, authorId, audience, text, at }) => {
          const author = await displayNameOf(ctx, authorId);
          return { commentId, author, audience, text, at };
        }),
      ),
      appeal: appeal && { text: appeal.text, status: appeal.status, answer: appeal.answer },
      mayAppeal,
    };
  },
});

/**
 * What organisers decided in a challenge, newest first, at most 50 a page. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and INVALID_INPUT.
 */
export const log = viewerQuery({
  args: { challengeId: v.id("challenges"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      action: moderationActionValidator,
      actor: v.string(),
      userId: v.id("users"),
      displayName: v.string(),
      activityId: v.optional(v.id("activities")),
      note: v.optional(v.string()),
      /** UTC ms. */
      at: v.number(),
    }),
  ),
  handler: async (ctx, { challengeId, paginationOpts }) => {
    await needChallengeAdmin(ctx, challengeId);
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await ctx.db
      .query("moderationLog")
      .withIndex("by_challengeId_and_at", (q) => q.eq("challengeId", challengeId))
      .order("desc")
      .paginate(paging);
    const page = await Promise.all(
      result.page.map(async ({ action, actorId, userId, activityId, note, at }) => {
        const actor = await displayNameOf(ctx, actorId);
        const displayName = await displayNameOf(ctx, userId);
        return { action, actor, userId, displayName, activityId, note, at };
      }),
    );
    return { ...result, page };
  },
});
