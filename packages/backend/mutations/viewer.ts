import { v } from "convex/values";
import { internal } from "../_generated/api";
import { need } from "../lib/errors";
import { viewerMutation } from "../lib/functions";
import { renameParticipations } from "../lib/participations";
import { MAX_DISPLAY_NAME_LENGTH, needZone, updatePerson } from "../lib/people";
import { countCall } from "../lib/rateLimits";
import { checkName } from "../lib/text";

/**
 * Changes the caller's own name, or the IANA zone their days are counted in; what is left out stays. Refuses
 * NOT_SIGNED_IN, RATE_LIMITED and INVALID_INPUT.
 */
export const update = viewerMutation({
  args: { displayName: v.optional(v.string()), timezone: v.optional(v.string()) },
  returns: v.null(),
  handler: async (ctx, args) => {
    await countCall(ctx, "updatePerson", ctx.userId);
    const change: Parameters<typeof updatePerson>[2] = {};
    if (args.displayName !== undefined) {
      change.displayName = need(
        checkName(args.displayName, "displayName", MAX_DISPLAY_NAME_LENGTH),
      );
    }
    if (args.timezone !== undefined) change.timezone = needZone(args.timezone);
    await updatePerson(ctx, ctx.person, change);
    if (change.displayName !== undefined && change.displayName !== ctx.person.displayName) {
      const { userId } = ctx;
      const cursor = await renameParticipations(ctx, userId, null);
      const { renameMore } = internal.mutations.participations;
      if (cursor !== null) await ctx.scheduler.runAfter(0, renameMore, { userId, cursor });
    }
    return null;
  },
});
