import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { needChallengeAdmin } from "../lib/access";
import { need } from "../lib/errors";
import { platformAdminQuery, viewerQuery } from "../lib/functions";
import { checkPaging } from "../lib/rules/pages";
import { windowsLeft } from "../lib/rules/stravaBudget";
import { missingStravaVariables } from "../lib/stravaConfig";
import { connectionOf } from "../lib/stravaConnections";
import { lastPurgeOf } from "../lib/stravaPurge";
import { lastRescoreOf } from "../lib/stravaRescores";
import { skipsOf, unmappedSkips } from "../lib/stravaSkips";
import { openTaskOf, storedBudget, tasksOf } from "../lib/stravaTasks";
import { skipReasonValidator } from "../tables/imports";
import {
  pointsChoiceValidator,
  taskErrorValidator,
  taskKindValidator,
  taskOutcomeValidator,
  taskStatusValidator,
} from "../tables/strava";

const MAX_PAGE = 100;
const MAX_SKIPS = 50;
const MAX_UNMAPPED = 1_000;

const windowValidator = v.object({
  left: v.number(),
  /** UTC ms; from then on all of it is there again. */
  endsAt: v.number(),
});
const optionalMs = v.union(v.number(), v.null());

/**
 * How the caller's own connection to Strava stands: whether it can be used here at all (`missing` names the variables
 * the deployment lacks), since when it is connected, what waits (with the time of the oldest), what is left of Strava's
 * rate limits, which activities do not count and why, and the receipt of the last disconnection. Times in UTC ms.
 * Refuses NOT_SIGNED_IN.
 */
export const status = viewerQuery({
  args: {},
  returns: v.object({
    missing: v.array(v.string()),
    connection: v.union(
      v.null(),
      v.object({ connectedAt: v.number(), lastEventAt: optionalMs, lastSyncAt: optionalMs }),
    ),
    oldestWaitingAt: optionalMs,
    budget: v.union(v.null(), v.object({ quarter: windowValidator, day: windowValidator })),
    skipped: v.array(
      v.object({
        challengeId: v.id("challenges"),
        externalId: v.string(),
        sport: v.string(),
        loggedDate: v.string(),
        reason: skipReasonValidator,
      }),
    ),
    lastDisconnection: v.union(
      v.null(),
      v.object({
        points: pointsChoiceValidator,
        startedAt: v.number(),
        finishedAt: optionalMs,
        erased: v.number(),
        removed: v.number(),
      }),
    ),
  }),
  handler: async (ctx) => {
    const connection = await connectionOf(ctx, ctx.userId);
    const skips = await skipsOf(ctx, ctx.userId, MAX_SKIPS);
    const oldest = connection && (await openTaskOf(ctx, connection.athleteId));
    const purge = await lastPurgeOf(ctx, ctx.userId);
    return {
      missing: missingStravaVariables(),
      connection: connection && {
        connectedAt: connection.connectedAt,
        lastEventAt: connection.lastEventAt ?? null,
        lastSyncAt: connection.lastSyncAt ?? null,
      },
      oldestWaitingAt: oldest?.askedAt ?? null,
      budget: await budgetLeft(ctx),
      skipped: skips.map(({ challengeId, externalId, sport, loggedDate, reason }) => ({
        challengeId,
        externalId,
        sport,
        loggedDate,
        reason,
      })),
      lastDisconnection: purge && {
        points: purge.points,
        startedAt: purge.startedAt,
        finishedAt: purge.finishedAt ?? null,
        erased: purge.erased,
        removed: purge.removed,
      },
    };
  },
});

async function budgetLeft(ctx: Parameters<typeof storedBudget>[0]) {
  const budget = await storedBudget(ctx);
  return budget && windowsLeft(budget);
}

/**
 * Work about Strava in one state, the oldest first, and how many events nobody could confirm. For admins of the
 * platform. Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN, INVALID_INPUT.
 */
export const inbox = platformAdminQuery({
  args: { status: taskStatusValidator, paginationOpts: paginationOptsValidator },
  returns: v.object({
    ...paginationResultValidator(
      v.object({
        taskId: v.id("stravaTasks"),
        kind: taskKindValidator,
        isLive: v.boolean(),
        askedAt: v.number(),
        dueAt: v.number(),
        attempts: v.number(),
        outcome: v.optional(taskOutcomeValidator),
        error: v.optional(taskErrorValidator),
      }),
    ).fields,
    unconfirmed: v.number(),
  }),
  handler: async (ctx, args) => {
    const paging = need(checkPaging(args.paginationOpts, MAX_PAGE));
    const result = await tasksOf(ctx, args.status).paginate(paging);
    const page = result.page.map(
      ({ _id, kind, isLive, askedAt, dueAt, attempts, outcome, error }) => ({
        taskId: _id,
        kind,
        isLive,
        askedAt,
        dueAt,
        attempts,
        outcome,
        error,
      }),
    );
    const unconfirmed = (await storedBudget(ctx))?.unconfirmed ?? 0;
    return { ...result, page, unconfirmed };
  },
});

/**
 * Sports of activities that wait for a decision what they count as in a challenge, with how many do (1,000 at most are
 * counted); deciding fetches them again. Nothing is told about the activities. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export const unmapped = viewerQuery({
  args: { challengeId: v.id("challenges") },
  returns: v.array(v.object({ sport: v.string(), waiting: v.number() })),
  handler: async (ctx, { challengeId }) => {
    await needChallengeAdmin(ctx, challengeId);
    const counts = new Map<string, number>();
    for (const { sport } of await unmappedSkips(ctx, challengeId, MAX_UNMAPPED)) {
      counts.set(sport, (counts.get(sport) ?? 0) + 1);
    }
    return [...counts].map(([sport, waiting]) => ({ sport, waiting }));
  },
});

/**
 * The last rescore of a challenge's expired rows of Strava; null before the first. Of the rows that had an older version
 * `waiting` are to be fetched, `rescored` are done, `kept` stay as they are because somebody corrected them or the rule
 * cannot score them, `rawExpired` could not be fetched and keep their points, and `left` are for the next rescore.
 * `isListed` is false while more rows may be found; `endedAt` is null while it runs. Times in UTC ms. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export const rescore = viewerQuery({
  args: { challengeId: v.id("challenges") },
  returns: v.union(
    v.null(),
    v.object({
      startedAt: v.number(),
      endedAt: optionalMs,
      isListed: v.boolean(),
      waiting: v.number(),
      rescored: v.number(),
      kept: v.number(),
      rawExpired: v.number(),
      left: v.number(),
    }),
  ),
  handler: async (ctx, { challengeId }) => {
    await needChallengeAdmin(ctx, challengeId);
    const last = await lastRescoreOf(ctx, challengeId);
    if (last === null) return null;
    const { startedAt, endedAt = null, isListed, waiting } = last;
    const { rescored, kept, rawExpired, left } = last;
    return { startedAt, endedAt, isListed, waiting, rescored, kept, rawExpired, left };
  },
});
