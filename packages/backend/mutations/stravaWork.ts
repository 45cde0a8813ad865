import { v } from "convex/values";
import { needChallenge } from "../lib/access";
import { internalMutation } from "../lib/functions";
import { applyGone, applyRows } from "../lib/stravaApply";
import {
  claimRefresh as claimRefreshOf,
  connectionOfAthlete,
  finishRefresh as finishRefreshOf,
  listSynced,
} from "../lib/stravaConnections";
import { endConnection } from "../lib/stravaPurge";
import { recordSkip } from "../lib/stravaSkips";
import { heldWork } from "../lib/stravaTaskReads";
import { askFor, settleTask, startTask } from "../lib/stravaTasks";
import { importRowValidator, skipReasonValidator } from "../tables/imports";
import {
  endingValidator,
  rateHeadersValidator,
  sealedValidator,
  type Started,
  startedValidator,
} from "../tables/strava";

/** The mutations of a worker. Each checks that the worker still has its task and that the connection is the same one. */

const leaseArgs = { taskId: v.id("stravaTasks"), lease: v.number() };
const heldArgs = { ...leaseArgs, connectionId: v.id("stravaConnections") };

/** What a worker needs to begin; null when there is nothing (more) to do for it now. */
export const start = internalMutation({
  args: leaseArgs,
  returns: v.union(startedValidator, v.null()),
  handler: async (ctx, held): Promise<Started | null> => {
    const task = await startTask(ctx, held);
    if (task === null) return null;
    const { kind, objectId, athleteId, challengeIds } = task;
    const found = await connectionOfAthlete(ctx, athleteId);
    const connection = found && {
      connectionId: found._id,
      userId: found.userId,
      tokens: found.tokens,
      accessExpiresAt: found.accessExpiresAt,
      tokenVersion: found.tokenVersion,
    };
    return { kind, objectId, athleteId, challengeIds, connection };
  },
});

/** Ends a worker's try, with the reads it sent and what the last answer said about the rate limits. */
export const settle = internalMutation({
  args: {
    ...leaseArgs,
    ending: endingValidator,
    spent: v.number(),
    headers: v.union(rateHeadersValidator, v.null()),
  },
  returns: v.null(),
  handler: async (ctx, { taskId, lease, ...result }) => {
    await settleTask(ctx, { taskId, lease }, result);
    return null;
  },
});

/** Lets one worker at a time refresh the tokens of version `tokenVersion`. */
export const claimRefresh = internalMutation({
  args: { connectionId: v.id("stravaConnections"), tokenVersion: v.number() },
  returns: v.boolean(),
  handler: async (ctx, { connectionId, tokenVersion }) =>
    await claimRefreshOf(ctx, connectionId, tokenVersion),
});

/** Stores refreshed tokens; null lets others try again. */
export const finishRefresh = internalMutation({
  args: {
    connectionId: v.id("stravaConnections"),
    tokenVersion: v.number(),
    tokens: v.union(v.object({ tokens: sealedValidator, accessExpiresAt: v.number() }), v.null()),
  },
  returns: v.null(),
  handler: async (ctx, refresh) => {
    await finishRefreshOf(ctx, refresh);
    return null;
  },
});

/** Brings rows of one person (at most 25) into one challenge: one transaction a challenge, so that one that fails stops no other. */
export const apply = internalMutation({
  args: { ...heldArgs, challengeId: v.id("challenges"), rows: v.array(importRowValidator) },
  returns: v.null(),
  handler: async (ctx, { challengeId, rows, ...held }) => {
    const work = await heldWork(ctx, held);
    if (work === null) return null;
    const { userId, athleteId } = work.connection;
    const challenge = await needChallenge(ctx, challengeId);
    await applyRows(ctx, { challenge, userId, athleteId }, rows);
    return null;
  },
});

/** Keeps why a row does not count in a challenge that refused it as a whole. */
export const refused = internalMutation({
  args: {
    ...heldArgs,
    challengeId: v.id("challenges"),
    row: importRowValidator,
    reason: skipReasonValidator,
  },
  returns: v.null(),
  handler: async (ctx, { challengeId, row, reason, ...held }) => {
    const work = await heldWork(ctx, held);
    if (work === null) return null;
    const { userId, athleteId } = work.connection;
    await recordSkip(ctx, { challengeId, userId, athleteId, row, reason });
    return null;
  },
});

/** Takes an activity that Strava has no more out of one challenge. */
export const gone = internalMutation({
  args: { ...heldArgs, challengeId: v.id("challenges"), externalId: v.string() },
  returns: v.null(),
  handler: async (ctx, { challengeId, externalId, ...held }) => {
    const work = await heldWork(ctx, held);
    if (work === null) return null;
    const { userId, athleteId } = work.connection;
    const challenge = await needChallenge(ctx, challengeId);
    await applyGone(ctx, { challenge, userId, athleteId }, externalId);
    return null;
  },
});

/** Ends a list: asks for those activities that are stored and were not in it, which Strava must confirm one by one. */
export const listed = internalMutation({
  args: { ...heldArgs, missing: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { missing, ...held }) => {
    const work = await heldWork(ctx, held);
    if (work === null) return null;
    const { athleteId } = work.connection;
    for (const objectId of missing.slice(0, 100)) {
      await askFor(ctx, { athleteId, kind: "activity", objectId, isLive: false });
    }
    await listSynced(ctx, work.connection);
    return null;
  },
});

/** Ends a connection whose authorization Strava says is gone; points stay, as documented in docs/strava.md. */
export const revoked = internalMutation({
  args: heldArgs,
  returns: v.null(),
  handler: async (ctx, held) => {
    const work = await heldWork(ctx, held);
    const how = { points: "keep", cause: "revoked" } as const;
    if (work !== null) await endConnection(ctx, work.connection, how);
    return null;
  },
});
