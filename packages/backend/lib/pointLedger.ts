import type { Doc, Id } from "../_generated/dataModel";
import { achievementEffects } from "./achievementAwards";
import { insertActivity, patchActivity } from "./activityWrites";
import { boardTotalOf, boardTotalsOf, rankedBoardTotal } from "./boardTotals";
import * as awards from "./pointLedger/awards";
import * as corrections from "./pointLedger/corrections";
import * as heldRow from "./pointLedger/heldRow";
import * as chunk from "./pointLedger/importChunk";
import * as repair from "./pointLedger/repair";
import type { Ledger, Owner } from "./pointLedger/ports";
import { ledgerReads, standingOf } from "./pointLedger/reads";
import * as rescore from "./pointLedger/rescore";
import * as verbs from "./pointLedger/verbs";
import { type BoardChange, boardRowAfter } from "./rules/boards";
import { heldRepo } from "./heldActivities";
import { moderate } from "./ledgerEffects";
import type { RankOfDay } from "./rules/movement";
import { queueRanks, type Ranked, type RankMove, requeueRanks } from "./ranks";
import { rankedStanding } from "./totalBoard";
import { eraseRows, openTable, type WriteCtx } from "./tableOwners";

/**
 * The door to the ledger: its verbs, run against Convex. A verb loads an account, decides by the pure rules and writes
 * everything that follows in the caller's transaction: the row with the aggregate, one event per changed row, day
 * totals, the standing, the streak row, the totals of the boards, and the queued ranks. See lib/pointLedger/verbs for what each refuses.
 */

export { ledgerReads, needStanding, standingOf } from "./pointLedger/reads";

/** The ledger in a mutation's transaction. */
function convexLedger(ctx: WriteCtx): Ledger {
  const reads = ledgerReads(ctx);
  return {
    ...reads,
    activities: {
      ...reads.activities,
      insert: async (after, by) => await insertActivity(ctx, { after, ...by }),
      move: async (before, after, by) => await patchActivity(ctx, before, { after, ...by }),
      editDetails: async (before, after) => {
        const { notes, title, startedAtMs, importedContent, version, isSticky } = after;
        const details = { notes, title, startedAtMs, importedContent, version, isSticky };
        const { breakdown, carriedBonuses, allowanceUsed } = after;
        const why = { breakdown, carriedBonuses, allowanceUsed };
        await patchActivity(ctx, before, { ...details, ...why });
      },
      seal: async (before, { metrics, breakdown, title, startedAtMs, sealedAt }) =>
        await patchActivity(ctx, before, { metrics, breakdown, title, startedAtMs, sealedAt }),
    },
    participations: {
      ...reads.participations,
      appendEvent: async (event, { note: text, before }) => {
        const eventId = await openTable(ctx, "pointEvents").insert(event);
        const hasWords = text !== undefined || before !== undefined;
        if (hasWords) await openTable(ctx, "eventNotes").insert({ eventId, text, before });
      },
      saveDays: async (account, days) => {
        const stored = new Map(account.days.map((day) => [day.day, day._id]));
        const table = openTable(ctx, "dayTotals");
        for (const { challengeId, userId, day, points, ...counts } of days) {
          const { streakPoints, activityCount, typeCounts } = counts;
          const totals = { points, streakPoints, activityCount, typeCounts };
          const id = stored.get(day);
          if (id === undefined) await table.insert({ challengeId, userId, day, ...totals });
          else await table.patch(id, totals);
        }
      },
      saveTotals: async ({ standing }, { boards, tally }, at) => {
        const moves = await saveBoards(ctx, standing, boards, at);
        if (tally !== null) {
          await openTable(ctx, "standings").patch(standing._id, tally);
          const after = rankedStanding({ ...standing, ...tally });
          moves.push({ before: rankedStanding(standing), after });
        }
        await queueRanks(ctx, moves);
      },
    },
    held: heldRepo(ctx),
    effects: async (book, rows) => {
      await moderate(ctx, book, rows);
      return await achievementEffects(ctx, { activities: reads.activities, book, rows });
    },
    now: () => Date.now(),
  };
}

/** Writes what a person has on the boards that changed; answers how their ranks there change. */
async function saveBoards(
  ctx: WriteCtx,
  { challengeId, userId, listed }: Doc<"standings">,
  changes: readonly BoardChange[],
  at: number,
): Promise<RankMove[]> {
  const table = openTable(ctx, "boardTotals");
  const moves: RankMove[] = [];
  for (const change of changes) {
    const stored = await boardTotalOf(ctx, { challengeId, userId }, change);
    const row = boardRowAfter(stored, change, { challengeId, userId, listed, at });
    const before = stored && rankedBoardTotal(stored);
    if (row === null) {
      if (stored) await table.delete(stored._id);
      moves.push({ before, after: null });
      continue;
    }
    if (stored) await table.replace(stored._id, row);
    const _id = stored?._id ?? (await table.insert(row));
    moves.push({ before, after: rankedBoardTotal({ ...row, _id, _creationTime: 0 }) });
  }
  return moves;
}

/**
 * Opens an empty standing for somebody who joins; called once per person and challenge, by lib/participations.
 *
 * @param at when they joined, UTC ms
 */
export async function openStanding(
  ctx: WriteCtx,
  { challengeId, userId, at }: Owner & { at: number },
): Promise<void> {
  const fields = {
    challengeId,
    userId,
    totalPoints: 0,
    negTotal: 0,
    listed: true,
    reachedAt: at,
    seq: 0,
    activityCount: 0,
    rowCount: 0,
    streakLength: 0,
    streakLastDay: null,
    longestStreak: 0,
    streakBonusPoints: 0,
    streakActivityId: null,
  };
  const _id = await openTable(ctx, "standings").insert(fields);
  const after = rankedStanding({ ...fields, _id, _creationTime: at });
  await queueRanks(ctx, [{ before: null, after }]);
}

/**
 * Shows a person on all of the challenge's boards (`isFormer`: without their name), or takes them off; points are kept.
 */
export async function setListed(
  ctx: WriteCtx,
  { listed, isFormer, ...owner }: Owner & { listed: boolean; isFormer?: true },
): Promise<void> {
  const standing = await standingOf(ctx, owner);
  if (standing === null) throw new Error("a participation without a standing");
  if (standing.listed === listed && standing.isFormer === isFormer) return;
  await openTable(ctx, "standings").patch(standing._id, { listed, isFormer });
  if (standing.listed === listed) return;
  const table = openTable(ctx, "boardTotals");
  const ranked = [rankedStanding(standing)];
  for (const row of await boardTotalsOf(ctx, owner)) {
    await table.patch(row._id, { listed });
    ranked.push(rankedBoardTotal(row));
  }
  const moves = ranked.map((before) => ({ before, after: { ...before, listed } }));
  await queueRanks(ctx, moves);
}

/** Keeps the rank a standing had when a day began; nothing else of it changes. */
export async function saveRankYesterday(
  ctx: WriteCtx,
  standing: Doc<"standings">,
  rankYesterday: RankOfDay,
): Promise<void> {
  await openTable(ctx, "standings").patch(standing._id, { rankYesterday });
}

type Verb<Args, Answer> = (ledger: Ledger, args: Args) => Promise<Answer>;

/** A verb as doors call it: on a mutation's ctx. */
function bind<Args, Answer>(verb: Verb<Args, Answer>) {
  return async (ctx: WriteCtx, args: Args): Promise<Answer> => await verb(convexLedger(ctx), args);
}

/** Logs something a person did; see `verbs.logActivity`. */
export const logActivity = bind(verbs.logActivity);
/** Changes facts of a row and scores it again; see `verbs.editActivity`. */
export const editActivity = bind(verbs.editActivity);
/** Takes a row out of the count, as a tombstone; see `verbs.softDeleteActivity`. */
export const softDeleteActivity = bind(verbs.softDeleteActivity);
/** Counts a deleted row again; see `verbs.restoreActivity`. */
export const restoreActivity = bind(verbs.restoreActivity);
/** Gives points that no activity earned; see `awards.awardBonusActivity`. */
export const awardBonusActivity = bind(awards.awardBonusActivity);
/** Takes an award back; see `awards.revokeBonusActivity`. */
export const revokeBonusActivity = bind(awards.revokeBonusActivity);
/** Posts what an evaluation says about somebody's awards; see `awards.settleAwards`. */
export const settleAwards = bind(awards.settleAwards);
/** Imports one chunk of rows; see `importChunk.importActivities`. */
export const importActivities = bind(chunk.importActivities);

const repairTables = (ctx: WriteCtx): repair.RepairTables => ({
  pointEvents: openTable(ctx, "pointEvents"),
  eventNotes: openTable(ctx, "eventNotes"),
  standings: openTable(ctx, "standings"),
  dayTotals: openTable(ctx, "dayTotals"),
  boardTotals: openTable(ctx, "boardTotals"),
});

/** Makes what is derived about a person what their rows say; see `repair.repairAccount`. */
export const repairAccount = async (ctx: WriteCtx, args: repair.RepairArgs) =>
  await repair.repairAccount(ctx, repairTables(ctx), args);
/** Explains damage of a person's ledger; see `repair.explainDamage`. */
export const explainDamage = async (
  ctx: WriteCtx,
  args: Parameters<typeof repair.explainDamage>[2],
) => await repair.explainDamage(ctx, repairTables(ctx), args);
/** Counts a row that was held; see `heldRow.countHeld`. */
export const countHeld = bind(heldRow.countHeld);
/** An admin's entry by hand, also after the standings are final; see `corrections.adjustPoints`. */
export const adjustPoints = bind(corrections.adjustPoints);
/** Clears what a row says about its activity; see `corrections.sealActivity`. */
export const sealActivity = bind(corrections.sealActivity);
/** Scores a chunk of a person's rows by other versions; see `rescore.rescoreAccount`. */
export const rescoreAccount = bind(rescore.rescoreAccount);

/** Whose ledger is erased: one person's in a challenge, or everybody's there. */
type ErasedScope = { challengeId: Id<"challenges">; userId?: Id<"users"> };

/**
 * Deletes standings with their ranks, which closes the accounts: every verb refuses them from then on. At most `limit`;
 * answers how many.
 */
export async function eraseStandings(
  ctx: WriteCtx,
  { challengeId, userId }: ErasedScope,
  limit: number,
): Promise<number> {
  const standings = await ctx.db
    .query("standings")
    .withIndex("by_challengeId_and_userId", (q) => {
      const ofChallenge = q.eq("challengeId", challengeId);
      return userId === undefined ? ofChallenge : ofChallenge.eq("userId", userId);
    })
    .take(limit);
  await forgetRanks(ctx, standings.map(rankedStanding));
  return await eraseRows(openTable(ctx, "standings"), standings);
}

/** Takes rows that are erased out of the ranks; those that are not listed are out of them already. */
async function forgetRanks(ctx: WriteCtx, rows: readonly Ranked[]): Promise<void> {
  const listed = rows.filter((row) => row.listed);
  await requeueRanks(
    ctx,
    listed.map((before) => ({ before, after: null })),
  );
}

/** Deletes what people have on the boards of weeks and categories, with their ranks, at most `limit`; answers how many. */
export async function eraseBoards(
  ctx: WriteCtx,
  { challengeId, userId }: ErasedScope,
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("boardTotals")
    .withIndex("by_challengeId_and_userId_and_board_and_key", (q) => {
      const ofChallenge = q.eq("challengeId", challengeId);
      return userId === undefined ? ofChallenge : ofChallenge.eq("userId", userId);
    })
    .take(limit);
  await forgetRanks(ctx, rows.map(rankedBoardTotal));
  return await eraseRows(openTable(ctx, "boardTotals"), rows);
}

/** Deletes day totals, at most `limit`; answers how many. */
export async function eraseDays(
  ctx: WriteCtx,
  { challengeId, userId }: ErasedScope,
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("dayTotals")
    .withIndex("by_challengeId_and_userId_and_day", (q) => {
      const ofChallenge = q.eq("challengeId", challengeId);
      return userId === undefined ? ofChallenge : ofChallenge.eq("userId", userId);
    })
    .take(limit);
  return await eraseRows(openTable(ctx, "dayTotals"), rows);
}

/** Deletes events with what is written beside them, at most `limit`; answers how many. Only deletions do that. */
export async function eraseEvents(
  ctx: WriteCtx,
  { challengeId, userId }: ErasedScope,
  limit: number,
): Promise<number> {
  const events = await ctx.db
    .query("pointEvents")
    .withIndex("by_challengeId_and_userId_and_seq", (q) => {
      const ofChallenge = q.eq("challengeId", challengeId);
      return userId === undefined ? ofChallenge : ofChallenge.eq("userId", userId);
    })
    .take(limit);
  for (const { _id } of events) await eraseNotes(ctx, _id);
  return await eraseRows(openTable(ctx, "pointEvents"), events);
}

/** Deletes what is written beside an event; the event stays. */
export async function eraseNotes(ctx: WriteCtx, eventId: Id<"pointEvents">): Promise<void> {
  const notes = await ctx.db
    .query("eventNotes")
    .withIndex("by_eventId", (q) => q.eq("eventId", eventId))
    .take(2);
  await eraseRows(openTable(ctx, "eventNotes"), notes);
}
