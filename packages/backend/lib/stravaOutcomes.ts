import type { Doc } from "../_generated/dataModel";
import type { TaskKind } from "../tables/strava";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * What became of Strava's events, for 90 days: long after the events and the work they asked for are forgotten. Nothing in
 * it is about anybody: no athlete, no activity, no words, and no fingerprint of one.
 */

type Outcome = Doc<"stravaOutcomes">;

const KEPT_MS = 90 * 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;

/**
 * Writes down how work ended that an event asked for.
 *
 * @param ended.receivedAt when it was asked for, UTC ms
 * @param ended.attempts tries, the last one included
 */
export async function recordOutcome(
  ctx: WriteCtx,
  ended: Pick<Outcome, "outcome" | "error" | "receivedAt" | "attempts"> & { kind: TaskKind },
): Promise<void> {
  await openTable(ctx, "stravaOutcomes").insert({ ...ended, endedAt: Date.now() });
}

/** So many of one reason and hour are counted one by one, and of those that follow one stands for as many. */
const COUNTED_SINGLY = 20;

/**
 * Writes down that a delivery was turned away: one row a reason and hour, however many there are. In a storm most write
 * nothing, because all of them at once on one row would make each other start again; the count is about right then.
 */
export async function recordRejection(
  ctx: WriteCtx,
  outcome: NonNullable<Doc<"stravaEvents">["rejected"]>,
): Promise<void> {
  const now = Date.now();
  const hour = now - (now % HOUR_MS);
  const known = await ctx.db
    .query("stravaOutcomes")
    .withIndex("by_kind_and_outcome_and_receivedAt", (q) =>
      q.eq("kind", "rejected").eq("outcome", outcome).gte("receivedAt", hour),
    )
    .first();
  const table = openTable(ctx, "stravaOutcomes");
  const fresh = { kind: "rejected", outcome, receivedAt: now, endedAt: now, attempts: 1 } as const;
  if (known === null) await table.insert(fresh);
  else if (known.attempts < COUNTED_SINGLY)
    await table.patch(known._id, { endedAt: now, attempts: known.attempts + 1 });
  else if (Math.random() * COUNTED_SINGLY < 1)
    await table.patch(known._id, { endedAt: now, attempts: known.attempts + COUNTED_SINGLY });
}

/** What became of events, the last one first. */
export function outcomes(ctx: ReadCtx) {
  return ctx.db.query("stravaOutcomes").withIndex("by_endedAt").order("desc");
}

/** Forgets what ended 90 days ago, at most `limit`; answers how many. */
export async function pruneOutcomes(ctx: WriteCtx, limit: number): Promise<number> {
  const old = await ctx.db
    .query("stravaOutcomes")
    .withIndex("by_endedAt", (q) => q.lte("endedAt", Date.now() - KEPT_MS))
    .take(limit);
  return await eraseRows(openTable(ctx, "stravaOutcomes"), old);
}
