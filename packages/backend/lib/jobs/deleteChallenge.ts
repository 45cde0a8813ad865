import type { Id } from "../../_generated/dataModel";
import { eraseAchievements, eraseEvaluations, eraseProgress } from "../achievements";
import { clearAggregate, eraseActivities, rowsToErase } from "../activityWrites";
import { eraseActivityTypes } from "../activityTypes";
import { eraseApiKeys } from "../apiKeys";
import { eraseApiRequests } from "../apiRequests";
import { eraseAppeals } from "../appeals";
import { eraseComments } from "../comments";
import { eraseFlags } from "../flags";
import { eraseGames } from "../games";
import { eraseResults } from "../gameSteps";
import { eraseHeld } from "../heldActivities";
import { eraseLog } from "../moderationLog";
import { eraseNotifications } from "../notifications";
import { eraseParticipations } from "../participations";
import { eraseBoards, eraseDays, eraseEvents, eraseStandings } from "../pointLedger";
import { eraseRankWalks } from "../rankWalks";
import { eraseSnapshots } from "../snapshots";
import { eraseSportMappings } from "../sportMappings";
import { forgetRaw } from "../stravaRaw";
import { eraseRescores } from "../stravaRescores";
import { eraseLate } from "../stravaLate";
import { eraseSkips } from "../stravaSkips";
import type { WriteCtx } from "../tableOwners";
import { type Job, once, type Stage } from "./stage";

type OfChallenge = { challengeId: Id<"challenges"> };

interface Eraser {
  /** Erases up to `limit` rows; answers how many. */
  erase(ctx: WriteCtx, of: OfChallenge, limit: number): Promise<number>;
  limit: number;
}

/** Rows with the date until which Strava's fields may be kept. */
async function eraseRows(ctx: WriteCtx, of: OfChallenge, limit: number): Promise<number> {
  const rows = await rowsToErase(ctx, of, limit);
  for (const { _id } of rows) await forgetRaw(ctx, _id);
  return await eraseActivities(ctx, rows, { isCounted: false });
}

/**
 * In this order: standings first, because nothing can be written to an account without one; what is found through
 * something else before that. Rows whose rank is queued as well are taken 100 at once, and lists that may be long 10.
 */
const ERASERS: ReadonlyMap<string, Eraser> = new Map([
  ["standings", { erase: eraseStandings, limit: 100 }],
  ["boards", { erase: eraseBoards, limit: 100 }],
  ["activities", { erase: eraseRows, limit: 500 }],
  ["events", { erase: eraseEvents, limit: 500 }],
  ["days", { erase: eraseDays, limit: 1_000 }],
  ["progress", { erase: eraseProgress, limit: 10 }],
  ["evaluations", { erase: eraseEvaluations, limit: 100 }],
  ["achievements", { erase: eraseAchievements, limit: 100 }],
  ["results", { erase: eraseResults, limit: 500 }],
  ["games", { erase: eraseGames, limit: 100 }],
  ["snapshots", { erase: eraseSnapshots, limit: 1_000 }],
  ["flags", { erase: eraseFlags, limit: 500 }],
  ["held", { erase: eraseHeld, limit: 500 }],
  ["appeals", { erase: eraseAppeals, limit: 500 }],
  ["comments", { erase: eraseComments, limit: 500 }],
  ["log", { erase: eraseLog, limit: 500 }],
  ["skips", { erase: eraseSkips, limit: 500 }],
  ["late", { erase: eraseLate, limit: 500 }],
  ["rescores", { erase: eraseRescores, limit: 1 }],
  ["keys", { erase: eraseApiKeys, limit: 500 }],
  ["requests", { erase: eraseApiRequests, limit: 500 }],
  ["mappings", { erase: eraseSportMappings, limit: 500 }],
  ["types", { erase: eraseActivityTypes, limit: 500 }],
  ["walks", { erase: eraseRankWalks, limit: 100 }],
  ["participations", { erase: eraseParticipations, limit: 500 }],
  ["notifications", { erase: eraseNotifications, limit: 500 }],
]);

function idOf({ challengeId }: Job): Id<"challenges"> {
  if (challengeId === null) throw new Error("this job is about no challenge");
  return challengeId;
}

/** Empties the aggregate as a whole, which costs the same however many entries it has. */
const aggregate = once(async (ctx, job) => {
  await clearAggregate(ctx, idOf(job));
  return {};
});

/** Table by table, each until it is empty. */
const tables: Stage = {
  batch: 1,
  keys: async (_ctx, _job, { after }) => {
    const names = [...ERASERS.keys()];
    const next = names[after === null ? 0 : names.indexOf(after) + 1];
    return next === undefined ? [] : [next];
  },
  apply: async (ctx, job, key) => {
    const eraser = ERASERS.get(key);
    if (eraser === undefined) throw new Error(`nothing erases ${key}`);
    const erased = await eraser.erase(ctx, { challengeId: idOf(job) }, eraser.limit);
    return { isAgain: erased > 0 };
  },
};

/** Removes everything of a challenge whose own row is gone already; its jobs go with the end of this one. */
export const deleteChallenge: readonly Stage[] = [tables, aggregate];
