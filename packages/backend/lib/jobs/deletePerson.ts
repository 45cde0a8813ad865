import { internal } from "../../_generated/api";
import type { Id } from "../../_generated/dataModel";
import { forgetProgress } from "../achievements";
import { eraseActivities, eraseWords, isPersonal, rowsToErase } from "../activityWrites";
import { eraseApiKeys } from "../apiKeys";
import { eraseApiRequests } from "../apiRequests";
import { eraseAppeals } from "../appeals";
import { rotateViewKey } from "../challenges";
import { eraseComments } from "../comments";
import { eraseFlags, eraseFlagWords } from "../flags";
import { eraseHeld } from "../heldActivities";
import { eraseAnswers } from "../idempotency";
import { eraseLogWords } from "../moderationLog";
import { eraseNotifications } from "../notifications";
import {
  endErased,
  forgetParticipation,
  participationOf,
  participationsOf,
} from "../participations";
import {
  eraseBoards,
  eraseDays,
  eraseEvents,
  eraseNotes,
  eraseStandings,
  sealActivity,
} from "../pointLedger";
import type { Owner } from "../pointLedger/ports";
import { eraseLate } from "../stravaLate";
import { eraseConnections } from "../stravaPurge";
import { forgetRaw } from "../stravaRaw";
import type { ReadCtx, WriteCtx } from "../tableOwners";
import type { Job, Stage } from "./stage";

/** Rows of one kind a step erases; an activity with an entry in the aggregate costs more, and events are looked through. */
const AT_ONCE = 200;
const COUNTED_AT_ONCE = 25;
/** An account has at most 2,000 rows. */
const MAX_ROWS = 2_001;

function personOf({ options: { userId } }: Job): Id<"users"> {
  if (userId === undefined) throw new Error("this job is about nobody");
  return userId;
}

const keepsPoints = ({ options }: Job) => options.points !== "remove";
// The keys of these stages are ids of challenges.
const ownerOf = (job: Job, key: string): Owner => ({
  challengeId: key as Id<"challenges">,
  userId: personOf(job),
});

/** The challenges the person ever took part in, by id. */
const challenges: Stage["keys"] = async (ctx, job, { after, limit }) => {
  const all = await participationsOf(ctx, personOf(job));
  const ids = all.map(({ challengeId }) => challengeId).sort();
  return ids.filter((id) => after === null || id > after).slice(0, limit);
};

type PersonEraser = (ctx: WriteCtx, of: { userId: Id<"users"> }, limit: number) => Promise<number>;

/** What is the person's own in no challenge, or in all of them; Strava first, which tells the person of its end. */
const OWN: readonly PersonEraser[] = [
  async (ctx, { userId }, limit) => {
    const erase = internal.mutations.signIn.erase;
    return (await ctx.runMutation(erase, { userId, limit })).erased;
  },
  eraseConnections,
  eraseApiKeys,
  eraseApiRequests,
  eraseHeld,
  eraseComments,
  async (ctx, { userId }, limit) => await eraseComments(ctx, { authorId: userId }, limit),
  eraseAppeals,
  eraseFlagWords,
  eraseLogWords,
  async (ctx, { userId }, limit) => await eraseAnswers(ctx, userId, limit),
  eraseLate,
];

const ownStage = (erasers: readonly PersonEraser[]): Stage => ({
  batch: 1,
  keys: async (_ctx, _job, { after }) => {
    const next = after === null ? 0 : Number(after) + 1;
    return next < erasers.length ? [String(next)] : [];
  },
  apply: async (ctx, job, key) => {
    const erased = await erasers[Number(key)]?.(ctx, { userId: personOf(job) }, AT_ONCE);
    return { isAgain: erased !== undefined && erased > 0 };
  },
});

/** Ends every part: with points to remove it is off all boards before the first row goes. */
const parts: Stage = {
  batch: 5,
  keys: challenges,
  apply: async (ctx, job, key) => {
    const { challengeId, userId } = ownerOf(job, key);
    const participation = await participationOf(ctx, challengeId, userId);
    if (participation === null) return {};
    await endErased(ctx, participation, { keepsPoints: keepsPoints(job) });
    await rotateViewKey(ctx, challengeId);
    return {};
  },
};

/** Takes words, measures and ids of other services out of rows whose points are kept. */
const rows: Stage = {
  batch: 1,
  keys: async (ctx, job, range) => (keepsPoints(job) ? await challenges(ctx, job, range) : []),
  apply: async (ctx, job, key) => {
    const personal = (await rowsToErase(ctx, ownerOf(job, key), MAX_ROWS)).filter(isPersonal);
    for (const row of personal.slice(0, AT_ONCE)) {
      if (row.activityTypeId !== null) await sealActivity(ctx, { activity: row });
      const activity = await ctx.db.get("activities", row._id);
      if (activity !== null) await eraseWords(ctx, activity);
      await forgetRaw(ctx, row._id);
    }
    return { isAgain: personal.length > AT_ONCE };
  },
};

const noteKey = (challengeId: string, fromSeq: number) =>
  `${challengeId} ${String(fromSeq).padStart(9, "0")}`;

async function eventsFrom(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
  seq: number,
  limit: number,
) {
  return await ctx.db
    .query("pointEvents")
    .withIndex("by_challengeId_and_userId_and_seq", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).gte("seq", seq),
    )
    .take(limit);
}

/** Takes what is written beside kept events, 200 events at a time: the key names the first. */
const notes: Stage = {
  batch: 1,
  keys: async (ctx, job, { after }) => {
    if (!keepsPoints(job)) return [];
    const [last = null, seq = "0"] = after?.split(" ") ?? [];
    if (last !== null) {
      const next = Number(seq) + AT_ONCE;
      if ((await eventsFrom(ctx, ownerOf(job, last), next, 1)).length > 0)
        return [noteKey(last, next)];
    }
    const ids = await challenges(ctx, job, { after: last, limit: 1 });
    return ids.map((id) => noteKey(id, 0));
  },
  apply: async (ctx, job, key) => {
    const [challengeId = "", seq = "0"] = key.split(" ");
    const events = await eventsFrom(ctx, ownerOf(job, challengeId), Number(seq), AT_ONCE);
    const chunk = events.filter((event) => event.seq < Number(seq) + AT_ONCE);
    for (const { _id } of chunk) await eraseNotes(ctx, _id);
    return {};
  },
};

/** Removes a participation whole: the account first, so that nothing more is written to it, and last the part itself. */
const ACCOUNT: ReadonlyArray<(ctx: WriteCtx, owner: Owner) => Promise<number>> = [
  async (ctx, owner) => await eraseStandings(ctx, owner, AT_ONCE),
  async (ctx, owner) => {
    const counted = await rowsToErase(ctx, owner, COUNTED_AT_ONCE);
    for (const { _id } of counted) await forgetRaw(ctx, _id);
    return await eraseActivities(ctx, counted, { isCounted: true });
  },
  async (ctx, owner) => await eraseEvents(ctx, owner, AT_ONCE),
  async (ctx, owner) => await eraseFlags(ctx, owner, AT_ONCE),
  async (ctx, owner) => await eraseDays(ctx, owner, AT_ONCE),
  async (ctx, owner) => await eraseBoards(ctx, owner, AT_ONCE),
];

const account: Stage = {
  batch: 1,
  keys: async (ctx, job, range) => (keepsPoints(job) ? [] : await challenges(ctx, job, range)),
  apply: async (ctx, job, key) => {
    const owner = ownerOf(job, key);
    for (const erase of ACCOUNT) if ((await erase(ctx, owner)) > 0) return { isAgain: true };
    await forgetProgress(ctx, owner);
    await forgetParticipation(ctx, owner);
    return {};
  },
};

/**
 * Deletes what is stored about a person whose name and sign-in are gone since the job began; see docs/operations.md.
 * Notifications are erased last, because ending a part may write one.
 */
export const deletePerson: readonly Stage[] = [
  ownStage(OWN),
  parts,
  rows,
  notes,
  account,
  ownStage([eraseNotifications]),
];
