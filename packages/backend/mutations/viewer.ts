import { v } from "convex/values";
import { internal } from "../_generated/api";
import { deletePerson } from "../lib/deletion";
import { need } from "../lib/errors";
import { viewerMutation } from "../lib/functions";
import { renameParticipations } from "../lib/participations";
import { MAX_DISPLAY_NAME_LENGTH, needZone, updatePerson } from "../lib/people";
import { countCall } from "../lib/rateLimits";
import { checkName } from "../lib/text";
import { pointsChoiceValidator } from "../tables/strava";

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

/**
 * Deletes the caller's account for good. They are signed out everywhere, disconnected from Strava and without a name at
 * once; the rest follows within minutes. Kept points stay on the boards as "Former participant"; removed ones go with
 * everything they came from. Refuses NOT_SIGNED_IN, INVALID_INPUT (`confirm`: the caller's display name or e-mail
 * address) and LIMIT_REACHED (`lastAdmin`, with the challenge that would have no admin; not for final ones).
 */
export const deleteAccount = viewerMutation({
  args: { points: pointsChoiceValidator, confirm: v.string() },
  returns: v.null(),
  handler: async (ctx, wish) => {
    await deletePerson(ctx, ctx.person, { ...wish, startedBy: null });
    return null;
  },
});
