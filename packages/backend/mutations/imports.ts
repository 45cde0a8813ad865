import { v } from "convex/values";
import { internal } from "../_generated/api";
import { need } from "../lib/errors";
import { challengeAdminMutation, viewerMutation } from "../lib/functions";
import { remembered } from "../lib/idempotency";
import { needImporter } from "../lib/ledgerAccess";
import { importActivities as importChunk } from "../lib/pointLedger";
import { countCall } from "../lib/rateLimits";
import { checkReason } from "../lib/rules/reasons";
import { setSportMapping } from "../lib/sportMappings";
import { importArgs, importResultValidator } from "../tables/imports";

/**
 * Imports a chunk of an archive's rows (at most 100, normalised by lib/rules/archive). Every row ends as created,
 * exists, updated or skipped with its reason; one bad row never stops the others, and the same chunk a second time
 * changes nothing. Admins may import for others (`onBehalfOf`), and any past day of the challenge, saying why (`reason`).
 * `allowDuplicates` imports rows that look like an activity of another source. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, RATE_LIMITED, INVALID_INPUT, IDEMPOTENCY_MISMATCH, CHALLENGE_FINAL.
 */
export const importActivities = viewerMutation({
  args: { ...importArgs, requestId: v.optional(v.string()) },
  returns: v.object({ results: v.array(importResultValidator) }),
  handler: async (ctx, args) => {
    const { challengeId, source, onBehalfOf, reason, requestId, rows, allowDuplicates } = args;
    const wish = { userId: onBehalfOf ?? ctx.userId, asAdmin: reason !== undefined, rows };
    const { isAdmin, ...importer } = await needImporter(ctx, challengeId, wish);
    const note = isAdmin ? need(checkReason(reason)) : undefined;
    const fn = "mutations/imports:importActivities";
    const { result } = await remembered(
      ctx,
      { actorKey: ctx.userId, requestId, fn, args },
      async () => {
        await countCall(ctx, "logActivity", ctx.userId);
        const results = await importChunk(ctx, {
          ...importer,
          isAdmin,
          note,
          requestId,
          source,
          rows,
          allowDuplicates,
        });
        return { results };
      },
    );
    return result;
  },
});

/**
 * Decides what a sport label counts as in a challenge (null: rows with it are skipped). Rows imported before keep their
 * type; activities of Strava that waited for this decision are fetched again. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT,
 * LIMIT_REACHED.
 */
export const setMapping = challengeAdminMutation({
  args: { label: v.string(), activityTypeId: v.union(v.id("activityTypes"), v.null()) },
  returns: v.null(),
  handler: async (ctx, mapping): Promise<null> => {
    const label = await setSportMapping(ctx, mapping);
    const sport = { challengeId: mapping.challengeId, label, after: 0 };
    await ctx.scheduler.runAfter(0, internal.mutations.strava.replayUnmapped, sport);
    return null;
  },
});
