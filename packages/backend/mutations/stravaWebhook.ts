import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation, platformAdminMutation } from "../lib/functions";
import { countDelivery } from "../lib/rateLimits";
import { readEvent } from "../lib/rules/stravaEvent";
import { connectionsAfter, pruneGrants } from "../lib/stravaConnections";
import {
  type Delivery,
  isCallbackPath,
  pruneEvents,
  receiveEvent,
  rejectDelivery,
  saveSubscription,
} from "../lib/stravaInbox";
import { eraseExpired } from "../lib/stravaRaw";
import { pruneOutcomes } from "../lib/stravaOutcomes";
import { askFor, pruneTasks, pumpTasks, replayTask } from "../lib/stravaTasks";

/** Rows deleted, asked for or erased by one run. */
const BATCH = 100;
/** Rows whose raw fields one run erases. */
const ERASE_BATCH = 15;

/**
 * Counts a delivery, in a transaction of its own so that one that is turned away counts too. Only those to the secret path
 * are counted: whoever floods other paths keeps nobody out.
 *
 * @returns 0, or the milliseconds after which it may come again; null for an unknown path
 */
export const admit = internalMutation({
  args: { secret: v.string() },
  returns: v.union(v.number(), v.null()),
  handler: async (ctx, { secret }) =>
    (await isCallbackPath(ctx, secret)) ? await countDelivery(ctx) : null,
});

/**
 * Takes one delivery of the webhook: its event is stored and its work scheduled in this transaction, or nothing is. What
 * is not for us is dropped with a row that says why; only a failure to store throws.
 *
 * @param secret the last part of the path it came to
 */
export const receive = internalMutation({
  args: { secret: v.string(), body: v.string() },
  returns: v.union(
    v.literal("stored"),
    v.literal("repeated"),
    v.literal("rejected"),
    v.literal("unknownPath"),
  ),
  handler: async (ctx, { secret, body }): Promise<Delivery> => {
    if (!(await isCallbackPath(ctx, secret))) return "unknownPath";
    const read = readEvent(body);
    if (read.ok) return await receiveEvent(ctx, read.event);
    await rejectDelivery(ctx, read.reason);
    return "rejected";
  },
});

/** Replaces the webhook subscription; `subscriptionId` is empty until Strava answered. */
export const setSubscription = internalMutation({
  args: { pathHash: v.string(), subscriptionId: v.string() },
  returns: v.null(),
  handler: async (ctx, next) => {
    await saveSubscription(ctx, next);
    return null;
  },
});

/** Hands waiting work to workers, as far as the rate limits allow. Running it more often than needed does nothing. */
export const pump = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await pumpTasks(ctx);
    return null;
  },
});

/** Tries work again that failed too often. Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN, NOT_FOUND. */
export const replay = platformAdminMutation({
  args: { taskId: v.id("stravaTasks") },
  returns: v.null(),
  handler: async (ctx, { taskId }) => {
    await replayTask(ctx, taskId);
    return null;
  },
});

/**
 * Asks for the list of every connected athlete, after the connection made at `after`: what no event said is found, added
 * and removed. Runs every night.
 */
export const reconcile = internalMutation({
  args: { after: v.number() },
  returns: v.null(),
  handler: async (ctx, { after }): Promise<null> => {
    const connections = await connectionsAfter(ctx, after, BATCH);
    for (const { athleteId } of connections) {
      await askFor(ctx, { athleteId, kind: "list", objectId: athleteId, isLive: false });
    }
    const last = connections.at(-1);
    if (last !== undefined && connections.length === BATCH) {
      const next = { after: last._creationTime };
      await ctx.scheduler.runAfter(0, internal.mutations.stravaWebhook.reconcile, next);
    }
    return null;
  },
});

/** Erases raw fields that Strava does not let us keep any longer, in batches, until none is left. */
export const eraseRawFields = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    if ((await eraseExpired(ctx, ERASE_BATCH)) === ERASE_BATCH) {
      await ctx.scheduler.runAfter(0, internal.mutations.stravaWebhook.eraseRawFields, {});
    }
    return null;
  },
});

/** Forgets events, ended work, outcomes and unconfirmed connections that are old, in batches, until none is left. */
export const prune = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const pruned = [await pruneEvents(ctx, BATCH), await pruneTasks(ctx, BATCH)];
    pruned.push(await pruneGrants(ctx, BATCH), await pruneOutcomes(ctx, BATCH));
    if (pruned.includes(BATCH)) {
      await ctx.scheduler.runAfter(0, internal.mutations.stravaWebhook.prune, {});
    }
    return null;
  },
});
