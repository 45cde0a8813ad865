import { v } from "convex/values";
import { internal } from "./_generated/api";
import { needChallenge } from "./lib/access";
import { internalMutation, internalQuery } from "./lib/functions";
import { enter } from "./lib/participations";
import { importActivities, ledgerReads, softDeleteActivity } from "./lib/pointLedger";
import { countSpans } from "./lib/ranks";

const ofChallenge = { challengeId: v.id("challenges") };
/** Of the type that runs count as: ten points a kilometre. */
const METRES_PER_POINT = 100;
const MINUTE_MS = 60_000;

/** Makes people who take part, many in one transaction: by the code of the doors, without their limits. */
export const join = internalMutation({
  args: { ...ofChallenge, names: v.array(v.string()) },
  returns: v.array(v.id("users")),
  handler: async (ctx, { challengeId, names }) => {
    const userIds = [];
    for (const displayName of names) {
      const { createPerson } = internal.mutations.admin;
      const { userId } = await ctx.runMutation(createPerson, { displayName, timezone: "UTC" });
      await enter(ctx, { challengeId, userId, role: "participant" });
      userIds.push(userId);
    }
    return userIds;
  },
});

/**
 * Imports what people did, by the ledger's own import of a chunk, and deletes what they deleted again: many people in
 * one transaction, or a part of what one did.
 */
export const load = internalMutation({
  args: {
    ...ofChallenge,
    histories: v.array(
      v.object({
        userId: v.id("users"),
        /** Number of the first row, which their ids in the source are made of. */
        first: v.number(),
        rows: v.array(v.object({ day: v.string(), points: v.number(), isDeleted: v.boolean() })),
      }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, { challengeId, histories }) => {
    const challenge = await needChallenge(ctx, challengeId);
    const { ofExternalId } = ledgerReads(ctx).activities;
    for (const { userId, first, rows } of histories) {
      const own = { challenge, userId, zone: "UTC" };
      const imported = rows.map(({ day: loggedDate, points }, index) => ({
        externalId: String(first + index),
        sport: "Run",
        startedAt: Date.parse(`${loggedDate}T06:00:00Z`) + index * MINUTE_MS,
        loggedDate,
        metrics: { distance_m: points * METRES_PER_POINT },
      }));
      const actor = { kind: "import" as const, userId };
      const results = await importActivities(ctx, {
        ...own,
        actor,
        source: "archive",
        rows: imported,
        allowDuplicates: true,
      });
      for (const { externalId, status, reason } of results)
        if (status !== "created") throw new Error(`row ${externalId} is ${status}: ${reason}`);
      for (const [index, { isDeleted }] of rows.entries()) {
        if (!isDeleted) continue;
        const owner = { challengeId, userId };
        const activity = await ofExternalId(owner, "archive", String(first + index));
        if (activity === null) throw new Error("an imported row is not there");
        await softDeleteActivity(ctx, { ...own, actor: { kind: "user", userId }, activity });
      }
    }
    return null;
  },
});

/** Rows of a challenge as another database stores them, page by page: whose, which day (null: none), points, deleted. */
export const rows = internalQuery({
  args: { ...ofChallenge, cursor: v.union(v.string(), v.null()) },
  returns: v.any(),
  handler: async (ctx, { challengeId, cursor }) => {
    const page = await ctx.db
      .query("activities")
      .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
        q.eq("challengeId", challengeId),
      )
      .paginate({ cursor, numItems: 4_000 });
    const short = page.page.map(({ userId, loggedDate, pointsEarned, deletedAt }) => [
      userId,
      loggedDate,
      pointsEarned,
      deletedAt !== undefined,
    ]);
    return { ...page, page: short };
  },
});

/** Whether every queued change of ranks is in. */
export const settled = internalQuery({
  args: ofChallenge,
  returns: v.boolean(),
  handler: async (ctx, { challengeId }) => {
    return (await countSpans(ctx, [{ namespace: challengeId, bounds: {} }])) !== null;
  },
});
