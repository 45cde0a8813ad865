import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { Definition, Entry, HeldAward } from "../tables/achievements";
import {
  allowanceBeside,
  awardKeyPrefix,
  awardRuleOf,
  settle,
  settleLater,
  tellAwarded,
} from "./achievementAwards";
import {
  evaluationOf,
  lostEvaluations,
  progressOf,
  saveEvaluation,
  saveProgress,
} from "./achievements";
import { participationOf } from "./participations";
import { personOf } from "./people";
import { settleAwards, standingOf } from "./pointLedger";
import type { Owner } from "./pointLedger/ports";
import { awardsOf, type ActivityNow, entriesAfter } from "./rules/achievements";
import { doubledAwards } from "./rules/awards";
import { MAX_ROWS_PER_CHALLENGE } from "./rules/ledger";
import type { ReadCtx, WriteCtx } from "./tableOwners";

type Achievement = Doc<"achievements">;
type Challenge = Doc<"challenges">;
type Standing = Doc<"standings">;

/** Rows and changes of awards one step takes; a person with more is still taken whole, and nobody has more than 2,000 rows. */
const MAX_ROWS_PER_STEP = 3_000;
const MAX_CHANGES_PER_STEP = 40;
/** An evaluation without a sign of life for so long was lost. */
const LOST_AFTER_MS = 5 * 60_000;
/** Lost as often, it is given up. */
const MAX_LOSSES = 3;

/** All rows of a person in a challenge but doubled awards, which a repair takes back; at most 2,000: there cannot be more. */
export async function rowsOf(ctx: ReadCtx, { challengeId, userId }: Owner): Promise<ActivityNow[]> {
  const rows = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(MAX_ROWS_PER_CHALLENGE);
  const doubled = doubledAwards(rows);
  return rows.flatMap((row) => (doubled.has(row) ? [] : [{ activityId: row._id, row }]));
}

/** The awards of an achievement that stand among a person's rows. */
function heldAmong(rows: readonly ActivityNow[], achievementId: Id<"achievements">): HeldAward[] {
  const prefix = awardKeyPrefix(achievementId);
  return rows.flatMap(({ row: { awardKey, loggedDate, pointsEarned: points, deletedAt } }) =>
    awardKey?.startsWith(prefix) && loggedDate !== null && deletedAt === undefined
      ? [{ awardKey, loggedDate, points }]
      : [],
  );
}

/**
 * What sealed rows counted for, whose metrics are gone; by other criteria they count only where no metric is needed.
 */
function sealedAmong(
  rows: readonly ActivityNow[],
  { criteriaVersion }: Achievement,
  stored: Doc<"achievementProgress"> | null,
): Entry[] {
  if (stored?.criteriaVersion !== criteriaVersion) return [];
  const sealed = new Set(
    rows.flatMap(({ activityId, row }) => (row.sealedAt === undefined ? [] : [activityId])),
  );
  return stored.entries.filter(({ activityId }) => sealed.has(activityId));
}

/** False for people whose account was erased, whose points stay as they are, and while one is being erased. */
export async function hasAccount(ctx: ReadCtx, { challengeId, userId }: Owner): Promise<boolean> {
  if ((await personOf(ctx, userId)) === null) return false;
  const participation = await participationOf(ctx, challengeId, userId);
  return participation !== null && participation.status !== "erasing";
}

/** What all rows of a person say about an achievement, beside what is stored. */
export interface Assessment {
  stored: Doc<"achievementProgress"> | null;
  entries: Entry[];
  deserved: HeldAward[];
  /** The awards that stand among the rows. */
  held: HeldAward[];
}

/**
 * What a person deserves of an achievement.
 *
 * @param rows all of the person's in the challenge
 */
export async function assess(
  ctx: ReadCtx,
  challenge: Challenge,
  achievement: Achievement,
  { userId, rows }: { userId: Id<"users">; rows: readonly ActivityNow[] },
): Promise<Assessment> {
  const stored = await progressOf(ctx, achievement._id, userId);
  const entries = entriesAfter(achievement.criteria, sealedAmong(rows, achievement, stored), rows);
  const deserved = awardsOf(awardRuleOf(achievement, challenge.startsOn), entries);
  return { stored, entries, deserved, held: heldAmong(rows, achievement._id) };
}

/**
 * Evaluates one person from all their rows and makes their awards those they deserve. A second time changes nothing.
 *
 * @returns how many awards changed, and whether that were all
 */
export async function evaluateAccount(
  ctx: WriteCtx,
  challenge: Challenge,
  achievement: Achievement,
  standing: Standing,
): Promise<{ changed: number; isComplete: boolean }> {
  const { userId } = standing;
  if (!(await hasAccount(ctx, standing))) return { changed: 0, isComplete: true };
  const account = { userId, rows: await rowsOf(ctx, standing) };
  const assessment = await assess(ctx, challenge, achievement, account);
  const { stored, entries, deserved, held } = assessment;
  const { changes, awards, gained, isComplete } = await settleAwards(ctx, {
    challenge,
    userId,
    actor: { kind: "system" },
    decide: async (book, activities) => {
      const allowance = allowanceBeside(0, book);
      return await settle({ activities, book, achievement }, { held, deserved }, allowance);
    },
  });
  await saveProgress(ctx, standing, achievement, stored, { entries, awards });
  await tellAwarded(ctx, standing, achievement, gained);
  return { changed: changes.length, isComplete };
}

/** Goes on with one person's awards; in a final challenge nothing moves any more. */
export async function evaluatePerson(
  ctx: WriteCtx,
  achievementId: Id<"achievements">,
  userId: Id<"users">,
): Promise<void> {
  const achievement = await ctx.db.get("achievements", achievementId);
  const challenge = achievement && (await ctx.db.get("challenges", achievement.challengeId));
  if (!challenge || challenge.finalAt !== undefined) return;
  const standing = await standingOf(ctx, { challengeId: challenge._id, userId });
  if (standing === null) return;
  const { isComplete } = await evaluateAccount(ctx, challenge, achievement, standing);
  if (!isComplete) await settleLater(ctx, achievementId, userId);
}

/** People of a challenge after a person, in the order of their ids. */
async function standingsAfter(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  cursor: Id<"users"> | null,
  limit: number,
): Promise<Standing[]> {
  return await ctx.db
    .query("standings")
    .withIndex("by_challengeId_and_userId", (q) => {
      const ofChallenge = q.eq("challengeId", challengeId);
      return cursor === null ? ofChallenge : ofChallenge.gt("userId", cursor);
    })
    .take(limit);
}

/** Lets an evaluation that was started run: its first step, or the next one. */
export async function scheduleStep(
  ctx: WriteCtx,
  { achievementId, run }: Pick<Doc<"achievementEvaluations">, "achievementId" | "run">,
): Promise<void> {
  const args = { achievementId, run };
  await ctx.scheduler.runAfter(0, internal.mutations.achievements.evaluateStep, args);
}

/**
 * One step of the evaluation of everybody: takes the next people, keeps how far it got in the same transaction, and
 * schedules the next step. A step of a run that was replaced or has ended does nothing, so that two never go on at once.
 *
 * @param at UTC ms
 */
export async function evaluateStep(
  ctx: WriteCtx,
  { achievementId, run, at }: { achievementId: Id<"achievements">; run: number; at: number },
): Promise<void> {
  const evaluation = await evaluationOf(ctx, achievementId);
  if (evaluation?.run !== run || evaluation.status !== "running") return;
  const achievement = await ctx.db.get("achievements", achievementId);
  const challenge = achievement && (await ctx.db.get("challenges", achievement.challengeId));
  if (!challenge || challenge.finalAt !== undefined) {
    await saveEvaluation(ctx, evaluation, { status: "failed", heartbeatAt: at });
    return;
  }
  const { batch } = evaluation;
  let { cursor, processed, changed } = evaluation;
  const people = await standingsAfter(ctx, challenge._id, cursor, batch);
  let rows = 0;
  let taken = 0;
  for (const standing of people) {
    rows += standing.rowCount;
    const isFull = rows > MAX_ROWS_PER_STEP || changed >= evaluation.changed + MAX_CHANGES_PER_STEP;
    if (taken > 0 && isFull) break;
    const one = await evaluateAccount(ctx, challenge, achievement, standing);
    changed += one.changed;
    // The next step goes on with this person.
    if (!one.isComplete) break;
    cursor = standing.userId;
    taken += 1;
  }
  processed += taken;
  const hasAll = taken === people.length && people.length < batch;
  const status = hasAll ? "done" : "running";
  await saveEvaluation(ctx, evaluation, { status, cursor, processed, changed, heartbeatAt: at });
  if (!hasAll) await scheduleStep(ctx, { achievementId, run });
}

/**
 * Starts lost evaluations again from where they were, with half the people a step; the third time one is given up.
 *
 * @param at UTC ms
 */
export async function restartLost(ctx: WriteCtx, at: number): Promise<void> {
  for (const evaluation of await lostEvaluations(ctx, at - LOST_AFTER_MS)) {
    const losses = evaluation.losses + 1;
    if (losses >= MAX_LOSSES) {
      await saveEvaluation(ctx, evaluation, { status: "failed", losses, heartbeatAt: at });
      continue;
    }
    const run = evaluation.run + 1;
    const batch = Math.max(1, Math.floor(evaluation.batch / 2));
    await saveEvaluation(ctx, evaluation, { run, batch, losses, heartbeatAt: at });
    await scheduleStep(ctx, { achievementId: evaluation.achievementId, run });
  }
}

/** Who would get an award by a definition now; nothing is written. */
export interface AwardPreview {
  people: Array<{ userId: Id<"users">; awards: number }>;
  processed: number;
  continueCursor: Id<"users"> | null;
  isDone: boolean;
}

/** One page of who would get an award now, computed by the code that gives them. */
export async function previewAwards(
  ctx: ReadCtx,
  challenge: Challenge,
  definition: Definition,
  cursor: Id<"users"> | null,
): Promise<AwardPreview> {
  const pageSize = 50;
  const standings = await standingsAfter(ctx, challenge._id, cursor, pageSize);
  const rule = { ...definition, keyPrefix: "", startsOn: challenge.startsOn };
  const people: AwardPreview["people"] = [];
  let rows = 0;
  let processed = 0;
  for (const standing of standings) {
    rows += standing.rowCount;
    if (processed > 0 && rows > MAX_ROWS_PER_STEP) break;
    const entries = entriesAfter(definition.criteria, [], await rowsOf(ctx, standing));
    const awards = awardsOf(rule, entries).length;
    if (awards > 0) people.push({ userId: standing.userId, awards });
    processed += 1;
  }
  const isDone = processed === standings.length && standings.length < pageSize;
  const last = standings[processed - 1];
  return { people, processed, continueCursor: isDone ? null : (last?.userId ?? cursor), isDone };
}
