import type { Doc, Id } from "../../_generated/dataModel";
import { endTakingPoints, participationOf } from "../participations";
import { revokeBonusActivity, softDeleteActivity } from "../pointLedger";
import type { ReadCtx } from "../tableOwners";
import { challengeOf } from "./accounts";
import { type Job, once, type Stage } from "./stage";

/** Whose points are taken; null when they are not, or no longer: a job that is resumed late takes nothing new. */
async function loserOf(ctx: ReadCtx, { challengeId, options: { userId } }: Job) {
  if (challengeId === null || userId === undefined) throw new Error("this job is about nobody");
  const participation = await participationOf(ctx, challengeId, userId);
  return participation?.isLosingPoints ? participation : null;
}

/** An account has at most 2,000 rows. */
const MAX_ROWS = 2_001;

/** All rows of a person in the order they were made, which no edit changes. */
async function rowsOf(ctx: ReadCtx, { challengeId, userId }: Doc<"participations">) {
  const all = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(MAX_ROWS);
  return all.sort((a, b) => a._creationTime - b._creationTime);
}

const isCounted = ({ deletedAt, activityTypeId, awardKey }: Doc<"activities">) =>
  deletedAt === undefined && (activityTypeId !== null || awardKey !== undefined);

/** Takes rows out of the count in the admin's name, so that they stay out when the person comes back. */
const rows: Stage = {
  // Each is a change of its own; measured in tests/deletion.budget.
  batch: 10,
  needsOpen: true,
  keys: async (ctx, job, { after, limit }) => {
    const loser = await loserOf(ctx, job);
    if (loser === null) return [];
    const all = await rowsOf(ctx, loser);
    const done = all.findIndex(({ _id }) => _id === after) + 1;
    const next = all.slice(done).filter(isCounted);
    return next.slice(0, limit).map(({ _id }) => _id);
  },
  apply: async (ctx, job, key) => {
    const { admin: actor } = job.options;
    if (actor === undefined) throw new Error("nobody takes these points");
    const activity = await ctx.db.get("activities", key as Id<"activities">);
    // A row before it may have taken this one along: an award loses its basis.
    if (activity === null || !isCounted(activity)) return {};
    const verb = { challenge: await challengeOf(ctx, job), userId: activity.userId, actor };
    if (activity.activityTypeId !== null) await softDeleteActivity(ctx, { ...verb, activity });
    else await revokeBonusActivity(ctx, { ...verb, activity });
    return {};
  },
};

const end = once(async (ctx, job) => {
  const loser = await loserOf(ctx, job);
  if (loser !== null) await endTakingPoints(ctx, loser);
  return {};
});

/** Takes the points of somebody who was removed with them; until it ended they cannot join again. */
export const takePoints: readonly Stage[] = [rows, end];
