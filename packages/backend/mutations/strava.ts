import { v } from "convex/values";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { internalMutation, viewerMutation } from "../lib/functions";
import { ledgerReads } from "../lib/pointLedger";
import { countCall } from "../lib/rateLimits";
import { needStravaConfig } from "../lib/stravaConfig";
import {
  confirmGrant,
  keepGranted as keepGrantedTokens,
  needConnection,
  openGrant,
  takeState as takeStateOnce,
} from "../lib/stravaConnections";
import { disconnect as endOwnConnection, purgeRows, startPurge } from "../lib/stravaPurge";
import {
  replayUnmapped as replayUnmappedBatch,
  retrySkip,
  waitingSportAfter,
} from "../lib/stravaSkips";
import { askFor, replayTask } from "../lib/stravaTasks";
import { pointsChoiceValidator, sealedValidator } from "../tables/strava";

const BATCH = 50;

/** The right that is asked for: without private activities Strava would say of each that it does not exist. */
const SCOPE = "read,activity:read_all";

/**
 * Starts to connect the caller's Strava account: answers the page of Strava to go to. It comes back to this deployment,
 * which sends the browser to the settings with a ticket for `confirmConnect`. Refuses NOT_SIGNED_IN, and INVALID_INPUT
 * (`strava`) where Strava is not set up.
 */
export const beginConnect = viewerMutation({
  args: {},
  returns: v.object({ url: v.string() }),
  handler: async (ctx) => {
    const { clientId, baseUrl } = needStravaConfig();
    const url = new URL(`${baseUrl}/oauth/authorize`);
    const query = {
      client_id: clientId,
      redirect_uri: `${process.env.CONVEX_SITE_URL ?? ""}/strava/callback`,
      response_type: "code",
      approval_prompt: "auto",
      scope: SCOPE,
      state: await openGrant(ctx, ctx.userId),
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return { url: url.toString() };
  },
});

/**
 * Connects the Strava account the caller came back from, in the session that started it. Its last two weeks are fetched
 * at once. An athlete who counts for another account is moved only with `move`: their points there are removed first.
 * Refuses NOT_SIGNED_IN, NOT_FOUND (`stravaTicket`), INVALID_INPUT (`move`, `athlete`).
 */
export const confirmConnect = viewerMutation({
  args: { ticket: v.string(), move: v.optional(v.boolean()) },
  returns: v.null(),
  handler: async (ctx, { ticket, move = false }) => {
    const { userId } = ctx;
    const { athleteId, formerUserId } = await confirmGrant(ctx, { userId, ticket, move });
    if (formerUserId !== null) {
      const how = { points: "remove", cause: "moved" } as const;
      await startPurge(ctx, { userId: formerUserId, athleteId, ...how });
    }
    await askFor(ctx, { athleteId, kind: "list", objectId: athleteId, isLive: true });
    return null;
  },
});

/**
 * Disconnects the caller's Strava account. What Strava told is erased; the points it gave stay, or are removed where
 * standings are not final. Refuses NOT_SIGNED_IN and NOT_FOUND (`strava`).
 */
export const disconnect = viewerMutation({
  args: { points: pointsChoiceValidator },
  returns: v.null(),
  handler: async (ctx, { points }) => {
    const connection = await needConnection(ctx, ctx.userId);
    await endOwnConnection(ctx, connection, points);
    return null;
  },
});

/**
 * Fetches one of the caller's activities again that does not count (`queries/strava:skipped`), when the rate limits leave
 * room. Asking twice fetches it once. Refuses NOT_SIGNED_IN, NOT_FOUND (`strava`: not connected; `stravaSkip`: also
 * another's, and one of an athlete connected before) and RATE_LIMITED.
 */
export const retry = viewerMutation({
  args: { skipId: v.id("stravaSkips") },
  returns: v.null(),
  handler: async (ctx, { skipId }) => {
    const { athleteId } = await needConnection(ctx, ctx.userId);
    await retrySkip(ctx, skipId, { userId: ctx.userId, athleteId });
    await countCall(ctx, "askStrava", ctx.userId);
    return null;
  },
});

/**
 * Tries work about the caller's own athlete again that failed too often (`queries/strava:work`). Refuses NOT_SIGNED_IN,
 * NOT_FOUND (`strava`: not connected; `stravaTask`: also another's, and one that did not fail) and RATE_LIMITED.
 */
export const retryWork = viewerMutation({
  args: { taskId: v.id("stravaTasks") },
  returns: v.null(),
  handler: async (ctx, { taskId }) => {
    const { athleteId } = await needConnection(ctx, ctx.userId);
    await replayTask(ctx, taskId, athleteId);
    await countCall(ctx, "askStrava", ctx.userId);
    return null;
  },
});

/** Uses up the state a browser came back with; null when it was used, expired or never given out. */
export const takeState = internalMutation({
  args: { state: v.string() },
  returns: v.union(v.id("stravaGrants"), v.null()),
  handler: async (ctx, { state }): Promise<Id<"stravaGrants"> | null> =>
    await takeStateOnce(ctx, state),
});

/** Keeps what Strava granted until it is confirmed; answers the ticket to confirm with. */
export const keepGranted = internalMutation({
  args: {
    grantId: v.id("stravaGrants"),
    athleteId: v.string(),
    tokens: sealedValidator,
    accessExpiresAt: v.number(),
  },
  returns: v.union(v.string(), v.null()),
  handler: async (ctx, { grantId, ...granted }) => await keepGrantedTokens(ctx, grantId, granted),
});

/** Fetches again what came while a type was retired, sport by sport. */
export const replayOffered = internalMutation({
  args: { activityTypeId: v.id("activityTypes"), after: v.string() },
  returns: v.null(),
  handler: async (ctx, { activityTypeId, after }): Promise<null> => {
    const type = await ctx.db.get("activityTypes", activityTypeId);
    const label = type && (await waitingSportAfter(ctx, type.challengeId, after));
    if (type === null || label === null) return null;
    const { challengeId } = type;
    const { replayUnmapped: replay, replayOffered: next } = internal.mutations.strava;
    const counts = await ledgerReads(ctx).rules.ofSport(challengeId, label);
    if (counts?.activityTypeId === activityTypeId)
      await ctx.scheduler.runAfter(0, replay, { challengeId, label, after: 0 });
    await ctx.scheduler.runAfter(0, next, { activityTypeId, after: label });
    return null;
  },
});

/** One step of erasing what a connection brought; schedules the next while there is more. */
export const purgeStep = internalMutation({
  args: { purgeId: v.id("stravaPurges") },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    if (await purgeRows(ctx, args.purgeId)) {
      await ctx.scheduler.runAfter(0, internal.mutations.strava.purgeStep, args);
    }
    return null;
  },
});

/** Fetches the activities again that waited for a decision about their sport, in batches. */
export const replayUnmapped = internalMutation({
  args: { challengeId: v.id("challenges"), label: v.string(), after: v.number() },
  returns: v.null(),
  handler: async (ctx, sport): Promise<null> => {
    const after = await replayUnmappedBatch(ctx, sport, BATCH);
    if (after !== null) {
      const next = { ...sport, after };
      await ctx.scheduler.runAfter(0, internal.mutations.strava.replayUnmapped, next);
    }
    return null;
  },
});
