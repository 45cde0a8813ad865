import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { needChallengeAdmin } from "../lib/access";
import { need } from "../lib/errors";
import { platformAdminQuery, viewerQuery } from "../lib/functions";
import { checkPaging } from "../lib/rules/pages";
import { windowsLeft } from "../lib/rules/stravaBudget";
import { connectionState } from "../lib/rules/stravaConnection";
import { missingStravaVariables } from "../lib/stravaConfig";
import { connectionOf } from "../lib/stravaConnections";
import { lastPurgeOf } from "../lib/stravaPurge";
import { lastRescoreOf } from "../lib/stravaRescores";
import { skipsOf, unmappedSports } from "../lib/stravaSkips";
import { storedBudget } from "../lib/stravaBudget";
import { athleteTasks, openTaskOf, tasksOf } from "../lib/stravaTaskReads";
import type { ReadCtx } from "../lib/tableOwners";
import { skipReasonValidator } from "../tables/imports";
import {
  connectionStateValidator,
  disconnectionCauseValidator,
  pointsChoiceValidator,
  taskErrorValidator,
  taskKindValidator,
  taskOutcomeValidator,
  taskStatusValidator,
} from "../tables/strava";

const MAX_PAGE = 50;
const MAX_INBOX_PAGE = 100;
const MAX_SPORTS = 20;

const windowValidator = v.object({
  left: v.number(),
  /** UTC ms; from then on all of it is there again. */
  endsAt: v.number(),
});
const optionalMs = v.union(v.number(), v.null());
const budgetValidator = v.object({ quarter: windowValidator, day: windowValidator });

/**
 * How the caller stands with Strava: in one word (`state`), and with what follows from it. `missing` names the variables
 * the deployment lacks, `oldestWaitingAt` is since when the oldest of their work waits, `failed` how much was given up (50
 * at most are counted), `budget` what is left of the rate limits all of the deployment share, `lastDisconnection` the
 * receipt of the last one. Times in UTC ms. Refuses NOT_SIGNED_IN.
 */
export const status = viewerQuery({
  args: {},
  returns: v.object({
    state: connectionStateValidator,
    missing: v.array(v.string()),
    connection: v.union(
      v.null(),
      v.object({
        /** Strava's id of the caller's own athlete. */
        athleteId: v.string(),
        connectedAt: v.number(),
        lastEventAt: optionalMs,
        lastSyncAt: optionalMs,
      }),
    ),
    oldestWaitingAt: optionalMs,
    failed: v.number(),
    budget: v.union(v.null(), budgetValidator),
    lastDisconnection: v.union(
      v.null(),
      v.object({
        points: pointsChoiceValidator,
        cause: v.union(disconnectionCauseValidator, v.null()),
        startedAt: v.number(),
        finishedAt: optionalMs,
        erased: v.number(),
        removed: v.number(),
      }),
    ),
  }),
  handler: async (ctx) => {
    const missing = missingStravaVariables();
    const connection = await connectionOf(ctx, ctx.userId);
    const purge = await lastPurgeOf(ctx, ctx.userId);
    const budget = await storedBudget(ctx);
    return {
      state: connectionState({ isSetUp: missing.length === 0, connection, purge }),
      missing,
      connection: connection && {
        athleteId: connection.athleteId,
        connectedAt: connection.connectedAt,
        lastEventAt: connection.lastEventAt ?? null,
        lastSyncAt: connection.lastSyncAt ?? null,
      },
      ...(await workLeft(ctx, connection)),
      budget: budget && windowsLeft(budget),
      lastDisconnection: purge && {
        points: purge.points,
        cause: purge.cause ?? null,
        startedAt: purge.startedAt,
        finishedAt: purge.finishedAt ?? null,
        erased: purge.erased,
        removed: purge.removed,
      },
    };
  },
});

async function workLeft(ctx: ReadCtx, connection: Doc<"stravaConnections"> | null) {
  if (connection === null) return { oldestWaitingAt: null, failed: 0 };
  const { athleteId } = connection;
  const oldest = await openTaskOf(ctx, athleteId);
  const failed = await athleteTasks(ctx, athleteId, "dead").take(MAX_PAGE);
  return { oldestWaitingAt: oldest?.askedAt ?? null, failed: failed.length };
}

/**
 * The caller's activities of Strava that do not count somewhere, each with the challenge and the reason, newest first, at
 * most 50 a page; `mutations/strava:retry` fetches one again. What an import holds back is `queries/moderation:held`.
 * Refuses NOT_SIGNED_IN and INVALID_INPUT.
 */
export const skipped = viewerQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      skipId: v.id("stravaSkips"),
      challengeId: v.id("challenges"),
      externalId: v.string(),
      sport: v.string(),
      loggedDate: v.string(),
      reason: skipReasonValidator,
    }),
  ),
  handler: async (ctx, { paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await skipsOf(ctx, ctx.userId).paginate(paging);
    const page = result.page.map(({ _id, challengeId, externalId, sport, loggedDate, reason }) => ({
      skipId: _id,
      challengeId,
      externalId,
      sport,
      loggedDate,
      reason,
    }));
    return { ...result, page };
  },
});

/**
 * Work about the caller's own athlete in one state, the last asked for first, at most 50 a page; what is `dead` is tried
 * again by `mutations/strava:retryWork`. `externalId` is Strava's id of the activity it is about, null for other work. Empty
 * for who is not connected. Times in UTC ms. Refuses NOT_SIGNED_IN and INVALID_INPUT.
 */
export const work = viewerQuery({
  args: { status: taskStatusValidator, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      taskId: v.id("stravaTasks"),
      kind: taskKindValidator,
      externalId: v.union(v.string(), v.null()),
      askedAt: v.number(),
      dueAt: v.number(),
      attempts: v.number(),
      outcome: v.optional(taskOutcomeValidator),
      error: v.optional(taskErrorValidator),
    }),
  ),
  handler: async (ctx, { status: state, paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const connection = await connectionOf(ctx, ctx.userId);
    // No athlete has the empty id.
    const found = athleteTasks(ctx, connection?.athleteId ?? "", state);
    const result = await found.paginate(paging);
    const page = result.page.map(
      ({ _id, kind, objectId, askedAt, dueAt, attempts, outcome, error }) => ({
        taskId: _id,
        kind,
        externalId: kind === "activity" ? objectId : null,
        askedAt,
        dueAt,
        attempts,
        outcome,
        error,
      }),
    );
    return { ...result, page };
  },
});

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
    const paging = need(checkPaging(args.paginationOpts, MAX_INBOX_PAGE));
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
 * Sports of activities that wait for a decision what they count as in a challenge (`mutations/imports:setMapping`, which
 * fetches them again), 20 at most, with how many wait (50 at most are counted). Nothing is told about the activities.
 * Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export const unmapped = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    /** `continueAfter` of the page before. */
    after: v.optional(v.string()),
  },
  returns: v.object({
    sports: v.array(v.object({ sport: v.string(), waiting: v.number() })),
    /** null: these were the last. */
    continueAfter: v.union(v.string(), v.null()),
  }),
  handler: async (ctx, { challengeId, after = "" }) => {
    await needChallengeAdmin(ctx, challengeId);
    return await unmappedSports(ctx, { challengeId, after }, MAX_SPORTS);
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
