import { v } from "convex/values";
import { internal } from "../_generated/api";
import { refuse } from "../lib/errors";
import { challengeAdminMutation, internalMutation } from "../lib/functions";
import { countCall } from "../lib/rateLimits";
import { needStravaConfig } from "../lib/stravaConfig";
import { heldWork } from "../lib/stravaTaskReads";
import { listRows, rescoreFetched, rowEnded, startRescore } from "../lib/stravaRescores";
import { importRowValidator } from "../tables/imports";
import { taskOutcomeValidator } from "../tables/strava";

/**
 * Scores rows of Strava whose raw fields expired by the rules of now, or joins the rescore that runs: each is fetched
 * anew when the rate limits leave room, and one that cannot be keeps its points. Other rows are rescored by
 * `mutations/maintenance:start`. Progress is `queries/strava:rescore`. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT,
 * NOT_CHALLENGE_ADMIN, INVALID_INPUT (`strava`) where Strava is not set up, CHALLENGE_FINAL and RATE_LIMITED (6 an hour).
 */
export const start = challengeAdminMutation({
  args: {},
  returns: v.object({ rescoreId: v.id("stravaRescores") }),
  handler: async (ctx, { challengeId }) => {
    needStravaConfig();
    if (ctx.challenge.finalAt !== undefined)
      return refuse({ code: "CHALLENGE_FINAL", challengeId });
    await countCall(ctx, "startJob", `${challengeId} rescoreStrava`);
    return { rescoreId: await startRescore(ctx, challengeId, ctx.admin) };
  },
});

/** Looks at the next rows of a rescore; schedules the next step while there are more. */
export const list = internalMutation({
  args: { rescoreId: v.id("stravaRescores") },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    if (await listRows(ctx, args.rescoreId)) {
      await ctx.scheduler.runAfter(0, internal.mutations.rescoreStrava.list, args);
    }
    return null;
  },
});

/** Scores the row of a worker's task again by what it fetched. */
export const apply = internalMutation({
  args: {
    taskId: v.id("stravaTasks"),
    lease: v.number(),
    connectionId: v.id("stravaConnections"),
    row: importRowValidator,
  },
  returns: v.union(v.literal("applied"), v.literal("kept")),
  handler: async (ctx, { row, ...holder }) => {
    const held = await heldWork(ctx, holder);
    return held === null ? "kept" : await rescoreFetched(ctx, held.task, held.connection, row);
  },
});

/** Counts how the work about one row of a rescore ended; null: it was given up. */
export const ended = internalMutation({
  args: { rescoreId: v.id("stravaRescores"), outcome: v.union(taskOutcomeValidator, v.null()) },
  returns: v.null(),
  handler: async (ctx, { rescoreId, outcome }) => {
    await rowEnded(ctx, rescoreId, outcome);
    return null;
  },
});
