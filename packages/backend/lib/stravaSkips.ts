import type { Doc, Id } from "../_generated/dataModel";
import type { SkipReason } from "../tables/imports";
import { refuse } from "./errors";
import type { ImportRow } from "./rules/importRows";
import { sportMappingOf } from "./sportMappings";
import { askFor } from "./stravaTasks";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/** One person's activity in one challenge. */
interface SkipKey {
  challengeId: Id<"challenges">;
  userId: Id<"users">;
  externalId: string;
}

/** Why an activity does not count in a challenge; null when that was never said. */
export async function skipOf(ctx: ReadCtx, key: SkipKey): Promise<Doc<"stravaSkips"> | null> {
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
export function skipsOf(ctx: ReadCtx, userId: Id<"users">) {
  return ctx.db
    .query("stravaSkips")
    .withIndex("by_userId", (q) => q.eq("userId", userId))
    .order("desc");
}

/** What waits for a decision about one sport, from after an instant of creation. */
interface WaitingSport {
  challengeId: Id<"challenges">;
  label: string;
  after: number;
}

async function waitingSkips(
  ctx: ReadCtx,
  { challengeId, label, after }: WaitingSport,
  limit: number,
): Promise<Array<Doc<"stravaSkips">>> {
  return await ctx.db
    .query("stravaSkips")
    .withIndex("by_challengeId_and_reason_and_sport", (q) =>
      q
        .eq("challengeId", challengeId)
        .eq("reason", "UNMAPPED_SPORT")
        .eq("sport", label)
        .gt("_creationTime", after),
    )
    .take(limit);
}

/** The next sport whose activities wait in a challenge, in the order of their labels; null after the last. */
export async function waitingSportAfter(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  after: string,
): Promise<string | null> {
  const next = await ctx.db
    .query("stravaSkips")
    .withIndex("by_challengeId_and_reason_and_sport", (q) =>
      q.eq("challengeId", challengeId).eq("reason", "UNMAPPED_SPORT").gt("sport", after),
    )
    .first();
  return next?.sport ?? null;
}

/** Activities of one sport are counted this far. */
const MAX_COUNTED = 50;

/**
 * Sports nobody decided about whose activities wait in a challenge, in the order of their labels, with how many do (50 at
 * most are counted).
 *
 * @param from.after the label after which to go on; "" from the beginning
 * @param limit sports looked at, decided ones included
 * @returns `continueAfter` null at the end
 */
export async function unmappedSports(
  ctx: ReadCtx,
  from: { challengeId: Id<"challenges">; after: string },
  limit: number,
): Promise<{ sports: Array<{ sport: string; waiting: number }>; continueAfter: string | null }> {
  const { challengeId } = from;
  const sports = [];
  let { after } = from;
  for (let looked = 0; looked < limit; looked += 1) {
    const next = await waitingSportAfter(ctx, challengeId, after);
    if (next === null) return { sports, continueAfter: null };
    after = next;
    // One that organisers decided is skipped on purpose, or is being fetched again.
    if ((await sportMappingOf(ctx, challengeId, after)) !== null) continue;
    const waiting = await waitingSkips(ctx, { challengeId, label: after, after: 0 }, MAX_COUNTED);
    sports.push({ sport: after, waiting: waiting.length });
  }
  return { sports, continueAfter: after };
}

/**
 * Asks for an activity again that did not count. Refuses NOT_FOUND (`stravaSkip`) unless it is this person's and of the
 * athlete they are connected to.
 */
export async function retrySkip(
  ctx: WriteCtx,
  skipId: Id<"stravaSkips">,
  { userId, athleteId }: { userId: Id<"users">; athleteId: string },
): Promise<void> {
  const skip = await ctx.db.get("stravaSkips", skipId);
  if (skip?.userId !== userId || skip.athleteId !== athleteId)
    return refuse({ code: "NOT_FOUND", what: "stravaSkip" });
  await askFor(ctx, { athleteId, kind: "activity", objectId: skip.externalId, isLive: false });
}

/**
 * Asks for the activities again that waited for a decision about their sport, at most `limit`, after `afterId`. They are
 * fetched anew: nothing but their id was kept.
 *
 * @returns where to go on; null at the end
 */
export async function replayUnmapped(
  ctx: WriteCtx,
  sport: WaitingSport,
  limit: number,
): Promise<number | null> {
  const waiting = await waitingSkips(ctx, sport, limit);
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
  const skips = await skipsOf(ctx, userId).take(limit);
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
