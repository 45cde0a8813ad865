import { v } from "convex/values";
import { adjustPerson } from "../lib/adjustments";
import * as appeals from "../lib/appeals";
import * as comments from "../lib/comments";
import { undoDecision as undoOne } from "../lib/decisionUndo";
import { decideFlags as decideAll, flagActivity } from "../lib/flagDecisions";
import { challengeAdminMutation, viewerMutation } from "../lib/functions";
import { decideHeld as decideRow } from "../lib/heldDecisions";
import { remembered } from "../lib/idempotency";
import { countCall } from "../lib/rateLimits";
import { commentAudienceValidator, flagReasonValidator } from "../tables/moderation";
import { metricsValidator } from "../tables/scoring";

const requestId = v.optional(v.string());
const decisionId = v.id("moderationLog");

/**
 * Asks the organisers to look at somebody's activity, which goes on counting. Flagging it again changes nothing. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, RATE_LIMITED, INVALID_INPUT (also for one's own), SYSTEM_ROW, ACTIVITY_DELETED
 * and LIMIT_REACHED (`flagsPerDay`, `openFlags`).
 */
export const flag = viewerMutation({
  args: {
    activityId: v.id("activities"),
    reason: flagReasonValidator,
    text: v.optional(v.string()),
  },
  returns: v.object({ status: v.union(v.literal("created"), v.literal("exists")) }),
  handler: async (ctx, { activityId, ...doubt }) => {
    await countCall(ctx, "moderate", ctx.userId);
    return { status: await flagActivity(ctx, activityId, doubt) };
  },
});

/**
 * Decides all open flags of an activity: nothing is wrong, it is removed, or it is corrected, which scores it again.
 * Refuses NOT_SIGNED_IN, NOT_FOUND (also `flag`: none is open), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, RATE_LIMITED,
 * INVALID_INPUT, OUTSIDE_CHALLENGE_DATES, NOT_AVAILABLE_THIS_WEEK, LIMIT_REACHED, ACTIVITY_DELETED, IDEMPOTENCY_MISMATCH
 * and CHALLENGE_FINAL.
 */
export const decideFlags = viewerMutation({
  args: {
    activityId: v.id("activities"),
    decision: v.union(
      v.object({ kind: v.literal("dismiss") }),
      v.object({ kind: v.literal("remove") }),
      v.object({
        kind: v.literal("correct"),
        loggedDate: v.optional(v.string()),
        metrics: v.optional(metricsValidator),
        variant: v.optional(v.string()),
        activityTypeId: v.optional(v.id("activityTypes")),
      }),
    ),
    reason: v.string(),
    requestId,
  },
  /** How many flags were closed, and what `undoDecision` takes. */
  returns: v.object({ closed: v.number(), decisionId }),
  handler: async (ctx, args) => {
    const fn = "mutations/moderation:decideFlags";
    const call = { actorKey: ctx.userId, requestId: args.requestId, fn, args };
    const { result } = await remembered(ctx, call, async () => {
      await countCall(ctx, "moderate", ctx.userId);
      return await decideAll(ctx, args, args.requestId);
    });
    return result;
  },
});

/**
 * Decides about a row of an import that is held because it looks like an activity of another source: both count, it
 * replaces the other, or it never counts. Its person decides, or an admin who says why (`reason`). Refuses NOT_SIGNED_IN,
 * NOT_FOUND (also once it is decided), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, RATE_LIMITED, INVALID_INPUT,
 * OUTSIDE_CHALLENGE_DATES, NOT_AVAILABLE_THIS_WEEK, LIMIT_REACHED, IDEMPOTENCY_MISMATCH and CHALLENGE_FINAL.
 */
export const decideHeld = viewerMutation({
  args: {
    heldId: v.id("heldActivities"),
    decision: v.union(v.literal("keepBoth"), v.literal("replace"), v.literal("discard")),
    reason: v.optional(v.string()),
    requestId,
  },
  /** What the imported row gives; 0 when it was discarded. */
  returns: v.object({ pointsEarned: v.number() }),
  handler: async (ctx, args) => {
    const fn = "mutations/moderation:decideHeld";
    const call = { actorKey: ctx.userId, requestId: args.requestId, fn, args };
    const { result } = await remembered(ctx, call, async () => {
      await countCall(ctx, "moderate", ctx.userId);
      return await decideRow(ctx, args, args.requestId);
    });
    return result;
  },
});

/**
 * Says something, once, against what organisers did to the caller's own activity, or against its being under review.
 * Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, RATE_LIMITED, INVALID_INPUT, LIMIT_REACHED (`appeals`) and
 * CHALLENGE_FINAL.
 */
export const appeal = viewerMutation({
  args: { activityId: v.id("activities"), text: v.string() },
  returns: v.object({ appealId: v.id("appeals") }),
  handler: async (ctx, { activityId, text }) => {
    await countCall(ctx, "moderate", ctx.userId);
    return { appealId: await appeals.appeal(ctx, activityId, text) };
  },
});

/**
 * Accepts an appeal, which takes back what an organiser did last to the activity, or rejects it; the reason is the
 * answer its person reads. Refuses NOT_SIGNED_IN, NOT_FOUND (also once it is decided), NOT_PARTICIPANT,
 * NOT_CHALLENGE_ADMIN, RATE_LIMITED, INVALID_INPUT, IDEMPOTENCY_MISMATCH, and what restoring and editing refuse.
 */
export const decideAppeal = viewerMutation({
  args: { appealId: v.id("appeals"), isAccepted: v.boolean(), reason: v.string(), requestId },
  /** What `undoDecision` takes. */
  returns: v.object({ decisionId }),
  handler: async (ctx, args) => {
    const fn = "mutations/moderation:decideAppeal";
    const call = { actorKey: ctx.userId, requestId: args.requestId, fn, args };
    const { result } = await remembered(ctx, call, async () => {
      await countCall(ctx, "moderate", ctx.userId);
      return await appeals.decideAppeal(ctx, args, args.requestId);
    });
    return result;
  },
});

/**
 * Takes back a decision about flags or an appeal while its activity is as the decision left it; both stay in the log of
 * decisions. See `lib/decisionUndo`. Refuses NOT_SIGNED_IN, NOT_FOUND (`decision`; also one that was undone), NOT_PARTICIPANT,
 * NOT_CHALLENGE_ADMIN, RATE_LIMITED, INVALID_INPUT, STALE_VERSION, IDEMPOTENCY_MISMATCH, and what removing, restoring and
 * editing refuse.
 */
export const undoDecision = viewerMutation({
  args: { decisionId, requestId },
  returns: v.null(),
  handler: async (ctx, args) => {
    const fn = "mutations/moderation:undoDecision";
    const call = { actorKey: ctx.userId, requestId: args.requestId, fn, args };
    await remembered(ctx, call, async () => {
      await countCall(ctx, "moderate", ctx.userId);
      await undoOne(ctx, args.decisionId);
      return null;
    });
    return null;
  },
});

/**
 * Comments on somebody's activity, for the organisers alone or for its person. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, RATE_LIMITED, INVALID_INPUT and LIMIT_REACHED (`comments`).
 */
export const comment = viewerMutation({
  args: {
    activityId: v.id("activities"),
    audience: commentAudienceValidator,
    text: v.string(),
  },
  returns: v.object({ commentId: v.id("comments") }),
  handler: async (ctx, args) => {
    await countCall(ctx, "moderate", ctx.userId);
    return { commentId: await comments.addComment(ctx, args) };
  },
});

/** Deletes a comment for everybody. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN. */
export const deleteComment = viewerMutation({
  args: { commentId: v.id("comments") },
  returns: v.null(),
  handler: async (ctx, { commentId }) => {
    await comments.deleteComment(ctx, commentId);
    return null;
  },
});

/**
 * Gives or takes points by hand, as an entry of its own that its person reads and cannot change, dated by a day of the
 * challenge (today unless told). Also after the standings are final, which makes their next version. Refuses
 * NOT_SIGNED_IN, NOT_FOUND (also `participant`), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, RATE_LIMITED, INVALID_INPUT,
 * LIMIT_REACHED and IDEMPOTENCY_MISMATCH.
 */
export const adjust = challengeAdminMutation({
  args: {
    userId: v.id("users"),
    points: v.number(),
    loggedDate: v.optional(v.string()),
    reason: v.string(),
    requestId: v.string(),
  },
  returns: v.object({
    activityId: v.id("activities"),
    pointsEarned: v.number(),
    totalPoints: v.number(),
  }),
  handler: async (ctx, args) => {
    const fn = "mutations/moderation:adjust";
    const call = { actorKey: ctx.userId, requestId: args.requestId, fn, args };
    const { result } = await remembered(ctx, call, async () => {
      await countCall(ctx, "moderate", ctx.userId);
      const { activityId, pointsEarned, totalPoints } = await adjustPerson(ctx, args);
      return { activityId, pointsEarned, totalPoints };
    });
    return result;
  },
});
