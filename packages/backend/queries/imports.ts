import { v } from "convex/values";
import { needMemberView } from "../lib/access";
import { need } from "../lib/errors";
import { publicQuery, viewerQuery } from "../lib/functions";
import { needImporter } from "../lib/ledgerAccess";
import { ledgerReads } from "../lib/pointLedger";
import { previewImport } from "../lib/pointLedger/importChunk";
import { instantOn } from "../lib/rules/dayClock";
import { sportMappingsOf } from "../lib/sportMappings";
import { importArgs, importResultValidator } from "../tables/imports";

/**
 * What the organisers decided about sport labels of archives, at most 500; other labels count as the type of the
 * starter catalogue they name. Refuses NOT_FOUND.
 */
export const mappings = publicQuery({
  args: { challengeId: v.id("challenges"), viewKey: v.optional(v.string()) },
  returns: v.array(
    v.object({ label: v.string(), activityTypeId: v.union(v.id("activityTypes"), v.null()) }),
  ),
  handler: async (ctx, { challengeId, viewKey }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const rows = await sportMappingsOf(ctx, challengeId);
    return rows.map(({ label, activityTypeId }) => ({ label, activityTypeId }));
  },
});

/**
 * What `importActivities` would do with these rows (at most 100) if it were called now, decided by the same code;
 * nothing is written. Each chunk is decided on what is stored, not on the chunks before it. With `onBehalfOf` or a
 * `reason` it is decided for an admin. Refuses what `importActivities` refuses.
 */
export const preview = viewerQuery({
  args: {
    ...importArgs,
    /** The caller's calendar day. */
    today: v.string(),
  },
  returns: v.object({ results: v.array(importResultValidator) }),
  handler: async (ctx, args) => {
    const { challengeId, source, onBehalfOf, reason, rows, allowDuplicates, today } = args;
    const userId = onBehalfOf ?? ctx.userId;
    const wish = { userId, asAdmin: reason !== undefined, rows };
    const importer = await needImporter(ctx, challengeId, wish);
    const at = need(instantOn(today, importer.zone ?? importer.challenge.timezone));
    const chunk = { ...importer, source, rows, allowDuplicates };
    return { results: await previewImport(ledgerReads(ctx), chunk, at) };
  },
});
