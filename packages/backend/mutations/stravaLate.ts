import { v } from "convex/values";
import { viewerMutation } from "../lib/functions";
import { remembered } from "../lib/idempotency";
import { countCall } from "../lib/rateLimits";
import { decideLate } from "../lib/stravaLate";

/**
 * Decides about an activity of Strava that arrived after its challenge closed: it gets the points it would have given, as an
 * organiser's entry (final standings get their next version), or never counts. The reason is the answer its person
 * reads. Refuses NOT_SIGNED_IN, NOT_FOUND (also once it is decided), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, RATE_LIMITED,
 * INVALID_INPUT, LIMIT_REACHED and IDEMPOTENCY_MISMATCH.
 */
export const decide = viewerMutation({
  args: {
    lateId: v.id("stravaLateActivities"),
    isAccepted: v.boolean(),
    reason: v.string(),
    requestId: v.optional(v.string()),
  },
  returns: v.null(),
  handler: async (ctx, args) => {
    const fn = "mutations/stravaLate:decide";
    const call = { actorKey: ctx.userId, requestId: args.requestId, fn, args };
    await remembered(ctx, call, async () => {
      await countCall(ctx, "moderate", ctx.userId);
      await decideLate(ctx, args);
      return null;
    });
    return null;
  },
});
