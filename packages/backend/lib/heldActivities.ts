import type { Doc, Id } from "../_generated/dataModel";
import { notify } from "./notifications";
import type { HeldReads, HeldRepo, Owner } from "./pointLedger/ports";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/** At most so many rows of a person wait in a challenge; an import leaves out further ones until some are decided. */
const MAX_HELD = 200;

/** Held rows as an import reads them. */
export function heldReads(ctx: ReadCtx): HeldReads {
  return {
    ofExternalId: async ({ challengeId, userId }, source, externalId) =>
      await ctx.db
        .query("heldActivities")
        .withIndex("by_challengeId_and_userId_and_source_and_externalId", (q) =>
          q
            .eq("challengeId", challengeId)
            .eq("userId", userId)
            .eq("source", source)
            .eq("externalId", externalId),
        )
        .unique(),
    room: async (owner) => MAX_HELD - (await heldOf(ctx, owner)).length,
  };
}

/** Held rows as an import writes them, in its own transaction. */
export function heldRepo(ctx: WriteCtx): HeldRepo {
  const table = openTable(ctx, "heldActivities");
  return {
    ...heldReads(ctx),
    save: async (before, after) => {
      if (before === null) await table.insert(after);
      else await table.replace(before._id, after);
    },
    release: async ({ _id }) => await table.delete(_id),
    announce: async ({ challengeId, userId }, count) =>
      await notify(ctx, [userId], { challengeId, news: { kind: "activityHeld", count } }),
  };
}

/** A person's rows that wait for a decision in a challenge, at most 200. */
export async function heldOf(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
): Promise<Array<Doc<"heldActivities">>> {
  return await ctx.db
    .query("heldActivities")
    .withIndex("by_challengeId_and_userId_and_status", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).eq("status", "held"),
    )
    .take(MAX_HELD);
}

/** Whether a row waits for its person's decision. */
export async function isHeld(
  ctx: ReadCtx,
  owner: Owner,
  source: Doc<"heldActivities">["source"],
  externalId: string,
): Promise<boolean> {
  const held = await heldReads(ctx).ofExternalId(owner, source, externalId);
  return held?.status === "held";
}

/** Forgets that a row was held: its source has it no more, or nobody can decide about it any more. */
export async function dropHeld(
  ctx: WriteCtx,
  owner: Owner,
  source: Doc<"heldActivities">["source"],
  externalId: string,
): Promise<void> {
  const held = await heldReads(ctx).ofExternalId(owner, source, externalId);
  if (held?.status === "held") await openTable(ctx, "heldActivities").delete(held._id);
}

/**
 * Forgets what is held of Strava's data, as its terms ask: older than an instant (UTC ms), or all of a person's.
 *
 * @param limit at most so many
 * @returns how many it forgot
 */
export async function dropHeldOfStrava(
  ctx: WriteCtx,
  which: { before: number } | { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const table = openTable(ctx, "heldActivities");
  const query = ctx.db.query("heldActivities");
  const rows =
    "userId" in which
      ? query.withIndex("by_userId_and_source_and_status", (q) =>
          q.eq("userId", which.userId).eq("source", "strava").eq("status", "held"),
        )
      : query.withIndex("by_source_and_status_and_at", (q) =>
          q.eq("source", "strava").eq("status", "held").lt("at", which.before),
        );
  const found = await rows.take(limit);
  for (const { _id } of found) await table.delete(_id);
  return found.length;
}

/** Forgets what a held row said and keeps its id, so that a later import leaves it out. */
export async function discard(ctx: WriteCtx, held: Doc<"heldActivities">): Promise<void> {
  const table = openTable(ctx, "heldActivities");
  await table.patch(held._id, { status: "discarded", row: null });
}

/** Deletes held rows of a challenge or a person, discarded ones too, at most `limit`; answers how many. */
export async function eraseHeld(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> } | { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const all = ctx.db.query("heldActivities");
  const rows =
    "challengeId" in of
      ? all.withIndex("by_challengeId_and_userId_and_status", (q) =>
          q.eq("challengeId", of.challengeId),
        )
      : all.withIndex("by_userId_and_source_and_status", (q) => q.eq("userId", of.userId));
  return await eraseRows(openTable(ctx, "heldActivities"), await rows.take(limit));
}
