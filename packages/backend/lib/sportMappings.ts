import type { Doc, Id } from "../_generated/dataModel";
import { need, refuse } from "./errors";
import { checkOffered } from "./rules/rule";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkName } from "./text";

type SportMapping = Doc<"sportMappings">;

const MAX_MAPPINGS = 500;
const MAX_LABEL_LENGTH = 80;

/** The sport labels a challenge has decided about, at most 500: more cannot be made. */
export async function sportMappingsOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<SportMapping[]> {
  return await ctx.db
    .query("sportMappings")
    .withIndex("by_challengeId_and_label", (q) => q.eq("challengeId", challengeId))
    .take(MAX_MAPPINGS);
}

/** What a challenge decided about a sport label as an archive spells it; null when it did not. */
export async function sportMappingOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  label: string,
): Promise<SportMapping | null> {
  return await ctx.db
    .query("sportMappings")
    .withIndex("by_challengeId_and_label", (q) =>
      q.eq("challengeId", challengeId).eq("label", label),
    )
    .unique();
}

/**
 * Decides what a sport label counts as in a challenge; a second decision replaces the first. Refuses NOT_FOUND for a
 * type of another challenge, INVALID_INPUT (also for one that is retired) and LIMIT_REACHED.
 *
 * @param mapping `activityTypeId` null: rows with this label are skipped on purpose
 * @returns the label as it is stored
 */
export async function setSportMapping(
  ctx: WriteCtx,
  mapping: {
    challengeId: Id<"challenges">;
    label: string;
    activityTypeId: Id<"activityTypes"> | null;
  },
): Promise<string> {
  const { challengeId, activityTypeId } = mapping;
  if (activityTypeId !== null) {
    const type = await ctx.db.get("activityTypes", activityTypeId);
    if (type?.challengeId !== challengeId)
      return refuse({ code: "NOT_FOUND", what: "activityType" });
    need(checkOffered(type));
  }
  const label = need(checkName(mapping.label, "label", MAX_LABEL_LENGTH));
  const mappings = openTable(ctx, "sportMappings");
  const existing = await sportMappingOf(ctx, challengeId, label);
  if (existing !== null) {
    await mappings.patch(existing._id, { activityTypeId });
    return label;
  }
  if ((await sportMappingsOf(ctx, challengeId)).length >= MAX_MAPPINGS) {
    refuse({ code: "LIMIT_REACHED", limit: "sportMappings", max: MAX_MAPPINGS });
  }
  await mappings.insert({ challengeId, label, activityTypeId });
  return label;
}

/** Deletes what a challenge decided about sport labels, at most `limit`; answers how many. */
export async function eraseSportMappings(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("sportMappings")
    .withIndex("by_challengeId_and_label", (q) => q.eq("challengeId", of.challengeId))
    .take(limit);
  return await eraseRows(openTable(ctx, "sportMappings"), rows);
}
