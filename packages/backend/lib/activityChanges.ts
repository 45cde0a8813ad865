import type { Doc, Id } from "../_generated/dataModel";
import type { ReplacedFacts } from "../tables/ledger";
import type { ReadCtx } from "./tableOwners";

/** At most so many changes of one activity are shown, the newest. */
export const MAX_CHANGES = 100;

/** One event of an activity with what is kept beside it. */
export interface Change {
  event: Doc<"pointEvents">;
  note: string | undefined;
  /** The facts before and after; only of edits that changed any. */
  facts: { before: ReplacedFacts; after: ReplacedFacts } | null;
}

/**
 * What happened to an activity, newest first, at most 100 events. What an edit led to is what the next one replaced, and
 * the last one led to what the row says now.
 */
export async function changesOf(ctx: ReadCtx, row: Doc<"activities">): Promise<Change[]> {
  const events = await ctx.db
    .query("pointEvents")
    .withIndex("by_activityId_and_seq", (q) => q.eq("activityId", row._id))
    .order("desc")
    .take(MAX_CHANGES);
  const { activityTypeId, loggedDate, metrics, variant } = row;
  let after: ReplacedFacts = { activityTypeId, loggedDate, metrics, variant };
  const changes: Change[] = [];
  for (const event of events) {
    const words = await wordsOf(ctx, event._id);
    const before = words?.before;
    changes.push({ event, note: words?.text, facts: before ? { before, after } : null });
    after = before ?? after;
  }
  return changes;
}

async function wordsOf(
  ctx: ReadCtx,
  eventId: Id<"pointEvents">,
): Promise<Doc<"eventNotes"> | null> {
  return await ctx.db
    .query("eventNotes")
    .withIndex("by_eventId", (q) => q.eq("eventId", eventId))
    .unique();
}
