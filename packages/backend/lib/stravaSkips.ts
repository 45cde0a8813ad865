import type { Doc, Id } from "../_generated/dataModel";
import type { SkipReason } from "../tables/imports";
import type { ImportRow } from "./rules/importRows";
import { askFor } from "./stravaTasks";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/** One person's activity in one challenge. */
interface SkipKey {
  challengeId: Id<"challenges">;
  userId: Id<"users">;
  externalId: string;
}

async function skipOf(ctx: ReadCtx, key: SkipKey): Promise<Doc<"stravaSkips"> | null> {
  return await ctx.db
    .query("stravaSkips")
    .withIndex("by_challengeId_and_userId_and_externalId", (q) =>
      q
        .eq("challengeId", key.challengeId)
        .eq("userId", key.userId)
        .eq("externalId", key.externalId),
    )
    .unique();
}

/** Keeps why an activity does not count in a challenge. */
export async function recordSkip(
  ctx: WriteCtx,
  skip: Omit<SkipKey, "externalId"> & { athleteId: string; row: ImportRow; reason: SkipReason },
): Promise<void> {
  const { row, ...rest } = skip;
  const { externalId, loggedDate } = row;
  const fields = { ...rest, externalId, loggedDate, sport: row.sport.trim().normalize("NFC") };
  const known = await skipOf(ctx, fields);
  if (known === null) await openTable(ctx, "stravaSkips").insert(fields);
  else await openTable(ctx, "stravaSkips").patch(known._id, fields);
}

/** Forgets that an activity did not count: it does now, or it is gone. */
export async function clearSkip(ctx: WriteCtx, key: SkipKey): Promise<void> {
  const known = await skipOf(ctx, key);
  if (known !== null) await openTable(ctx, "stravaSkips").delete(known._id);
}

/** A person's activities that do not count somewhere, with the reason, newest first. */
export async function skipsOf(
  ctx: ReadCtx,
  userId: Id<"users">,
  limit: number,
): Promise<Array<Doc<"stravaSkips">>> {
  return await ctx.db
    .query("stravaSkips")
    .withIndex("by_userId", (q) => q.eq("userId", userId))
    .order("desc")
    .take(limit);
}

/** Activities of a challenge that wait because nobody decided what their sport counts as, by sport. */
export async function unmappedSkips(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  limit: number,
): Promise<Array<Doc<"stravaSkips">>> {
  return await ctx.db
    .query("stravaSkips")
    .withIndex("by_challengeId_and_reason_and_sport", (q) =>
      q.eq("challengeId", challengeId).eq("reason", "UNMAPPED_SPORT"),
    )
    .take(limit);
}

/**
 * Asks for the activities again that waited for a decision about their sport, at most `limit`, after `afterId`. They are
 * fetched anew: nothing but their id was kept.
 *
 * @returns where to go on; null at the end
 */
export async function replayUnmapped(
  ctx: WriteCtx,
  sport: { challengeId: Id<"challenges">; label: string; after: number },
  limit: number,
): Promise<number | null> {
  const waiting = await ctx.db
    .query("stravaSkips")
    .withIndex("by_challengeId_and_reason_and_sport", (q) =>
      q
        .eq("challengeId", sport.challengeId)
        .eq("reason", "UNMAPPED_SPORT")
        .eq("sport", sport.label)
        .gt("_creationTime", sport.after),
    )
    .take(limit);
  for (const { athleteId, externalId } of waiting) {
    await askFor(ctx, { athleteId, kind: "activity", objectId: externalId, isLive: false });
  }
  return waiting.length < limit ? null : (waiting.at(-1)?._creationTime ?? null);
}

/** Forgets a person's skips, at most `limit`; answers how many. */
export async function forgetSkipsOf(
  ctx: WriteCtx,
  userId: Id<"users">,
  limit: number,
): Promise<number> {
  const skips = await skipsOf(ctx, userId, limit);
  for (const skip of skips) await openTable(ctx, "stravaSkips").delete(skip._id);
  return skips.length;
}

/** Deletes why activities did not count in a challenge, at most `limit`; answers how many. */
export async function eraseSkips(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("stravaSkips")
    .withIndex("by_challengeId_and_userId_and_externalId", (q) =>
      q.eq("challengeId", of.challengeId),
    )
    .take(limit);
  return await eraseRows(openTable(ctx, "stravaSkips"), rows);
}
