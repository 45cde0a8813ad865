import { type ObjectType, v } from "convex/values";
import type { Viewer } from "../lib/access";
import { viewerMutation } from "../lib/functions";
import { remembered } from "../lib/idempotency";
import { needAccountWriter, needRowWriter, noteOf } from "../lib/ledgerAccess";
import { editActivity, logActivity, restoreActivity, softDeleteActivity } from "../lib/pointLedger";
import type { Posted } from "../lib/pointLedger/commit";
import type { RowVerbArgs } from "../lib/pointLedger/verbs";
import { countCall } from "../lib/rateLimits";
import { isHiddenFrom } from "../lib/shownRow";
import type { WriteCtx } from "../lib/tableOwners";
import { metricsValidator } from "../tables/scoring";

const changedRow = v.object({
  /** What the row gives now; 0 when it is deleted, and to organisers who change a row of Strava. */
  pointsEarned: v.number(),
  totalPoints: v.number(),
  version: v.number(),
});
const rowArgs = {
  activityId: v.id("activities"),
  requestId: v.optional(v.string()),
  /** The row's version the caller saw. */
  expectedVersion: v.optional(v.number()),
  /** Why, from an admin who acts as one. */
  reason: v.optional(v.string()),
};

/**
 * Logs an activity on a calendar day of the caller, metrics in SI units. Admins may log for others (`onBehalfOf`), and on
 * any past day of the challenge, saying why (`reason`). The same requestId again answers the first result with
 * status `exists`. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, RATE_LIMITED,
 * INVALID_INPUT, OUTSIDE_CHALLENGE_DATES, NOT_AVAILABLE_THIS_WEEK, LIMIT_REACHED, IDEMPOTENCY_MISMATCH,
 * CHALLENGE_FINAL.
 */
export const log = viewerMutation({
  args: {
    challengeId: v.id("challenges"),
    activityTypeId: v.id("activityTypes"),
    loggedDate: v.string(),
    metrics: metricsValidator,
    /** Key of the option, where the type has options; without one the default counts. */
    variant: v.optional(v.string()),
    notes: v.optional(v.string()),
    requestId: v.optional(v.string()),
    onBehalfOf: v.optional(v.id("users")),
    reason: v.optional(v.string()),
  },
  returns: v.object({
    activityId: v.id("activities"),
    pointsEarned: v.number(),
    totalPoints: v.number(),
    status: v.union(v.literal("created"), v.literal("exists")),
  }),
  handler: async (ctx, args) => {
    const { challengeId, onBehalfOf: userId = ctx.userId, reason, requestId } = args;
    const asAdmin = reason !== undefined;
    const writer = await needAccountWriter(ctx, challengeId, { userId, asAdmin });
    const note = noteOf(writer, reason);
    const call = { actorKey: ctx.userId, requestId, fn: "mutations/activities:log", args };
    const { result, isReplay } = await remembered(ctx, call, async () => {
      await countCall(ctx, "logActivity", ctx.userId);
      const { activityTypeId, loggedDate, metrics, variant, notes } = args;
      const deed = { activityTypeId, loggedDate, metrics, variant, notes };
      const posted = await logActivity(ctx, { ...writer, ...deed, requestId, note });
      const { activityId, pointsEarned, totalPoints } = posted;
      return { activityId, pointsEarned, totalPoints };
    });
    return { ...result, status: isReplay ? ("exists" as const) : ("created" as const) };
  },
});

/**
 * Changes an activity and scores it again: by the version of the rule it was scored with, or by the current one of a
 * new type. What is left out stays, empty notes are removed. Own activities, or any of a challenge for its admins, who
 * say why (`reason`); what an admin corrected, only admins change. Refuses what `log` refuses, and ACTIVITY_DELETED,
 * SYSTEM_ROW, STALE_VERSION.
 */
export const edit = viewerMutation({
  args: {
    ...rowArgs,
    activityTypeId: v.optional(v.id("activityTypes")),
    loggedDate: v.optional(v.string()),
    metrics: v.optional(metricsValidator),
    /** An option of the type; a change of the type alone takes the default of the new one. */
    variant: v.optional(v.string()),
    notes: v.optional(v.string()),
  },
  returns: changedRow,
  handler: async (ctx, args) => {
    const { activityId, reason, ...change } = args;
    const writer = await needRowWriter(ctx, activityId, { asAdmin: reason !== undefined });
    const note = noteOf(writer, reason);
    const { requestId } = args;
    const call = { actorKey: ctx.userId, requestId, fn: "mutations/activities:edit", args };
    const { result } = await remembered(ctx, call, async () => {
      await countCall(ctx, "editActivity", ctx.userId);
      return changedRowOf(ctx, writer, await editActivity(ctx, { ...writer, ...change, note }));
    });
    return result;
  },
});

/**
 * Takes an activity out of the count; it can be restored. Removing a removed one changes nothing. Own activities, or any
 * of a challenge for its admins, who say why (`reason`). Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT,
 * NOT_CHALLENGE_ADMIN, RATE_LIMITED, INVALID_INPUT, SYSTEM_ROW, STALE_VERSION, IDEMPOTENCY_MISMATCH, CHALLENGE_FINAL.
 */
export const remove = viewerMutation({
  args: rowArgs,
  returns: changedRow,
  handler: async (ctx, args) =>
    await switchRow(ctx, args, { fn: "mutations/activities:remove", verb: softDeleteActivity }),
});

/**
 * Counts a removed activity again, with the points it had. Restoring a live one changes nothing. Own activities, or any
 * of a challenge for its admins, who say why (`reason`); what an admin corrected or removed, only admins restore.
 * Refuses what `remove` refuses, and what `log` refuses for the activity's day: OUTSIDE_CHALLENGE_DATES,
 * NOT_AVAILABLE_THIS_WEEK, LIMIT_REACHED.
 */
export const restore = viewerMutation({
  args: rowArgs,
  returns: changedRow,
  handler: async (ctx, args) =>
    await switchRow(ctx, args, { fn: "mutations/activities:restore", verb: restoreActivity }),
});

/** Takes a row out of the count or back into it: the two doors differ in the verb alone. */
async function switchRow(
  ctx: WriteCtx & Viewer,
  args: ObjectType<typeof rowArgs>,
  { fn, verb }: { fn: string; verb: typeof softDeleteActivity },
) {
  const { activityId, reason, ...options } = args;
  const writer = await needRowWriter(ctx, activityId, { asAdmin: reason !== undefined });
  const note = noteOf(writer, reason);
  const call = { actorKey: ctx.userId, requestId: args.requestId, fn, args };
  const { result } = await remembered(ctx, call, async () => {
    await countCall(ctx, "removeActivity", ctx.userId);
    return changedRowOf(ctx, writer, await verb(ctx, { ...writer, ...options, note }));
  });
  return result;
}

/** What the caller is told of a row they changed. */
function changedRowOf(
  { userId }: Viewer,
  { activity }: Pick<RowVerbArgs, "activity">,
  { pointsEarned, totalPoints, version }: Posted,
) {
  const isHidden = isHiddenFrom(userId, activity);
  return { pointsEarned: isHidden ? 0 : pointsEarned, totalPoints, version };
}
