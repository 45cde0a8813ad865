import type { Doc } from "../_generated/dataModel";
import { eventReceived } from "./stravaConnections";
import type { StravaEvent } from "./rules/stravaEvent";
import { sha256Hex } from "./secrets";
import { recordRejection } from "./stravaOutcomes";
import { askFor } from "./stravaTasks";
import { openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/** What became of a delivery; `unknownPath` is answered like any path that does not exist. */
export type Delivery = "stored" | "repeated" | "rejected" | "unknownPath";

const KEPT_MS = 7 * 24 * 60 * 60_000;

/** The webhook subscription; null before the first. */
export async function subscription(ctx: ReadCtx): Promise<Doc<"stravaSubscriptions"> | null> {
  return await ctx.db.query("stravaSubscriptions").first();
}

/** Whether a secret is the one in the path of the callback. */
export async function isCallbackPath(ctx: ReadCtx, secret: string): Promise<boolean> {
  const known = await subscription(ctx);
  return known !== null && known.pathHash === (await sha256Hex(secret));
}

/** Replaces the subscription; `subscriptionId` is empty until Strava has answered. */
export async function saveSubscription(
  ctx: WriteCtx,
  next: { pathHash: string; subscriptionId: string },
): Promise<void> {
  const table = openTable(ctx, "stravaSubscriptions");
  const known = await subscription(ctx);
  if (known === null) await table.insert(next);
  else await table.replace(known._id, next);
}

async function keep(ctx: WriteCtx, event: StravaEvent, rejected?: Doc<"stravaEvents">["rejected"]) {
  const dedupeKey = await sha256Hex(event.identity);
  const known = await ctx.db
    .query("stravaEvents")
    .withIndex("by_dedupeKey", (q) => q.eq("dedupeKey", dedupeKey))
    .unique();
  const events = openTable(ctx, "stravaEvents");
  if (rejected !== undefined) await recordRejection(ctx, rejected);
  if (known === null) await events.insert({ dedupeKey, rejected, deliveries: 1 });
  else await events.patch(known._id, { deliveries: known.deliveries + 1 });
  return known === null;
}

/**
 * Keeps an event and asks for its work in the same transaction; a repeated one is counted only. What says it comes from
 * another subscription, or is about nobody who is connected, is kept as rejected and asks for nothing.
 */
export async function receiveEvent(ctx: WriteCtx, event: StravaEvent): Promise<Delivery> {
  const known = await subscription(ctx);
  if (known?.subscriptionId !== event.subscriptionId) {
    await keep(ctx, event, "wrongSubscription");
    return "rejected";
  }
  const { athleteId, kind, objectId } = event;
  if (!(await eventReceived(ctx, athleteId))) {
    await keep(ctx, event, "unknownAthlete");
    return "rejected";
  }
  if (!(await keep(ctx, event))) return "repeated";
  await askFor(ctx, { athleteId, kind, objectId, isLive: true });
  return "stored";
}

/** Keeps that a delivery was rejected before it could be read; one row a reason and hour. */
export async function rejectDelivery(
  ctx: WriteCtx,
  reason: NonNullable<Doc<"stravaEvents">["rejected"]>,
): Promise<void> {
  const hour = new Date().toISOString().slice(0, 13);
  const dedupeKey = `${reason} ${hour}`;
  const known = await ctx.db
    .query("stravaEvents")
    .withIndex("by_dedupeKey", (q) => q.eq("dedupeKey", dedupeKey))
    .unique();
  const events = openTable(ctx, "stravaEvents");
  await recordRejection(ctx, reason);
  if (known === null) await events.insert({ dedupeKey, rejected: reason, deliveries: 1 });
  else await events.patch(known._id, { deliveries: known.deliveries + 1 });
}

/** Forgets events older than a week, at most `limit`; answers how many. */
export async function pruneEvents(ctx: WriteCtx, limit: number): Promise<number> {
  const old = await ctx.db
    .query("stravaEvents")
    .withIndex("by_creation_time", (q) => q.lte("_creationTime", Date.now() - KEPT_MS))
    .take(limit);
  for (const event of old) await openTable(ctx, "stravaEvents").delete(event._id);
  return old.length;
}
