import { v } from "convex/values";
import { internal } from "./_generated/api";
import { needChallenge } from "./lib/access";
import { internalMutation, internalQuery } from "./lib/functions";
import { workOf } from "./lib/gameSteps";
import { enter } from "./lib/participations";
import { logActivity } from "./lib/pointLedger";

const ofChallenge = { challengeId: v.id("challenges") };
const logged = { activityTypeId: v.id("activityTypes"), loggedDate: v.string() };
/** Every point is ten metres. */
const METRES_PER_POINT = 10;

/** Makes people who join and log so many points each, many in one transaction: by the code of the doors, without their limits. */
export const addPeople = internalMutation({
  args: {
    ...ofChallenge,
    ...logged,
    people: v.array(v.object({ name: v.string(), points: v.number() })),
  },
  returns: v.array(v.id("users")),
  handler: async (ctx, { challengeId, activityTypeId, loggedDate, people }) => {
    const challenge = await needChallenge(ctx, challengeId);
    const userIds = [];
    for (const { name: displayName, points } of people) {
      const { createPerson } = internal.mutations.admin;
      const { userId } = await ctx.runMutation(createPerson, { displayName, timezone: "UTC" });
      await enter(ctx, { challengeId, userId, role: "participant" });
      const actor = { kind: "user" as const, userId };
      const metrics = { distance_m: points * METRES_PER_POINT };
      const deed = { activityTypeId, loggedDate, metrics };
      await logActivity(ctx, { challenge, userId, actor, zone: "UTC", ...deed });
      userIds.push(userId);
    }
    return userIds;
  },
});

/** Logs so many points for people. */
export const logMore = internalMutation({
  args: {
    ...ofChallenge,
    ...logged,
    rows: v.array(v.object({ userId: v.id("users"), points: v.number() })),
  },
  returns: v.null(),
  handler: async (ctx, { challengeId, activityTypeId, loggedDate, rows }) => {
    const challenge = await needChallenge(ctx, challengeId);
    for (const { userId, points } of rows) {
      const actor = { kind: "user" as const, userId };
      const metrics = { distance_m: points * METRES_PER_POINT };
      const deed = { activityTypeId, loggedDate, metrics };
      await logActivity(ctx, { challenge, userId, actor, zone: "UTC", ...deed });
    }
    return null;
  },
});

/** Everybody's stored totals, page by page. */
export const totals = internalQuery({
  args: { ...ofChallenge, cursor: v.union(v.string(), v.null()) },
  returns: v.any(),
  handler: async (ctx, { challengeId, cursor }) => {
    const page = await ctx.db
      .query("standings")
      .withIndex("by_challengeId_and_userId", (q) => q.eq("challengeId", challengeId))
      .paginate({ cursor, numItems: 2_000 });
    return { ...page, page: page.page.map(({ userId, totalPoints }) => [userId, totalPoints]) };
  },
});

/** The rows games gave, those taken back too, page by page. */
export const awards = internalQuery({
  args: { ...ofChallenge, cursor: v.union(v.string(), v.null()) },
  returns: v.any(),
  handler: async (ctx, { challengeId, cursor }) => {
    const page = await ctx.db
      .query("activities")
      .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
        q.eq("challengeId", challengeId),
      )
      .paginate({ cursor, numItems: 2_000 });
    const given = page.page.filter(({ source }) => source === "miniGame");
    const rows = given.map(({ userId, awardKey, pointsEarned, deletedAt }) => [
      userId,
      awardKey,
      pointsEarned,
      deletedAt === undefined,
    ]);
    return { ...page, page: rows };
  },
});

/** Where a game stands. */
export const game = internalQuery({
  args: { gameId: v.id("miniGames") },
  returns: v.any(),
  handler: async (ctx, { gameId }) => {
    const found = await ctx.db.get("miniGames", gameId);
    const work = await workOf(ctx, gameId);
    return (
      found && { status: found.status, players: found.players, failures: found.failures, work }
    );
  },
});

/** Does the step that is next, before its scheduled twin, which then finds nothing to do; answers what it cost. */
export const stepNow = internalMutation({
  args: { gameId: v.id("miniGames") },
  returns: v.any(),
  handler: async (ctx, { gameId }) => {
    const work = await workOf(ctx, gameId);
    if (work === null) return null;
    const { phase, next } = work;
    await ctx.runMutation(internal.mutations.miniGameSteps.step, { gameId, phase, next });
    const metrics = await ctx.meta.getTransactionMetrics();
    return {
      phase,
      read: metrics.documentsRead.used,
      written: metrics.documentsWritten.used,
      ranges: metrics.databaseQueries.used,
    };
  },
});

/** How many steps of games there were, by how they ended; those of seven days are known. */
export const steps = internalQuery({
  args: {},
  returns: v.record(v.string(), v.number()),
  handler: async (ctx) => {
    const counts: Record<string, number> = {};
    for (const { name, state } of await ctx.db.system.query("_scheduled_functions").take(30_000))
      if (name.includes("miniGameSteps")) counts[state.kind] = (counts[state.kind] ?? 0) + 1;
    return counts;
  },
});
