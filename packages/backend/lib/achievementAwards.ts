import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { HeldAward } from "../tables/achievements";
import {
  achievementsOf,
  evaluationOf,
  progressOf,
  saveFollowUp,
  saveProgress,
} from "./achievements";
import { notify } from "./notifications";
import type {
  ActivityReads,
  AwardPlan,
  AwardWish,
  Settlement,
  WrittenRow,
} from "./pointLedger/ports";
import {
  awardChanges,
  awardsOf,
  type AwardRule,
  entriesAfter,
  typesOf,
} from "./rules/achievements";
import type { Account, RowChange } from "./rules/ledger";
import type { LedgerBook } from "./rules/ledgerBook";
import { awardChange, revocation } from "./rules/awards";
import type { ReadCtx, WriteCtx } from "./tableOwners";

type Achievement = Doc<"achievements">;

/**
 * Awards one transaction changes at most beside the rows that caused them: each costs about 15 of the 4,096 ranges a
 * transaction may read, and an import of 100 rows up to 1,000 of them itself.
 */
const MAX_AWARD_CHANGES = 48;
const MIN_AWARD_CHANGES = 1;

/** What a transaction may still write; counted down. */
interface Allowance {
  changes: number;
  newRows: number;
}

/** What one transaction may change of an account's awards, beside so many rows of other kinds. */
export function allowanceBeside(rows: number, book: LedgerBook): Allowance {
  const changes = Math.max(MIN_AWARD_CHANGES, Math.floor(MAX_AWARD_CHANGES - rows / 2));
  return { changes, newRows: book.freeRows };
}

/** Where the keys of all awards of an achievement begin. */
export function awardKeyPrefix(achievementId: Id<"achievements">): string {
  return `achievement/${achievementId}/`;
}

/** The rule an achievement's awards are computed by. */
export function awardRuleOf(achievement: Achievement, startsOn: string): AwardRule {
  const { _id, criteria, frequency, points } = achievement;
  return { keyPrefix: awardKeyPrefix(_id), criteria, frequency, points, startsOn };
}

/**
 * The changes that make the awards somebody holds those they deserve, as many as are allowed: those taken back first, so
 * that nobody holds more than they deserve. An award for which the account has no row left is not given.
 */
export async function settle(
  to: { activities: ActivityReads; book: LedgerBook; achievement: Achievement },
  { held, deserved }: { held: readonly HeldAward[]; deserved: readonly HeldAward[] },
  allowance: Allowance,
): Promise<Settlement> {
  const { activities, book, achievement } = to;
  const { challengeId, userId } = book.account.standing;
  const { revoked, moved, issued } = awardChanges(held, deserved, achievement.isArchived);
  const awards = new Map(held.map((award) => [award.awardKey, award]));
  const changes: RowChange[] = [];
  let isComplete = true;
  for (const award of [...revoked, ...moved, ...issued]) {
    if (allowance.changes <= 0) {
      isComplete = false;
      break;
    }
    const { awardKey, loggedDate, points } = award;
    const row = await activities.ofAwardKey({ challengeId, userId }, awardKey);
    if (revoked.includes(award)) {
      awards.delete(awardKey);
      if (row?.deletedAt !== undefined || row === null) continue;
      changes.push(revocation(book, row));
    } else {
      if (row === null && allowance.newRows <= 0) continue;
      awards.set(awardKey, { awardKey, loggedDate, points });
      const wish = { source: "achievement" as const, awardKey, loggedDate, points };
      changes.push(awardChange(book, { ...wish, label: achievement.name }, row));
      if (row === null) allowance.newRows -= 1;
    }
    allowance.changes -= 1;
  }
  return { changes, awards: [...awards.values()], gained: awards.size - held.length, isComplete };
}

/** Tells a person what they earned; nothing to people who are on no board. */
export async function tellAwarded(
  ctx: WriteCtx,
  { challengeId, userId, listed }: Account["standing"],
  { name, points }: Achievement,
  gained: number,
): Promise<void> {
  if (gained <= 0 || !listed) return;
  const news = { kind: "achievementAwarded" as const, name, points: points * gained };
  await notify(ctx, [userId], { challengeId, news });
}

/** Goes on with a person's awards, whose progress was saved, in a transaction of its own. */
export async function settleLater(
  ctx: WriteCtx,
  achievementId: Id<"achievements">,
  userId: Id<"users">,
): Promise<void> {
  const args = { achievementId, userId };
  const { evaluatePerson } = internal.mutations.achievements;
  const followUp = await ctx.scheduler.runAfter(0, evaluatePerson, args);
  await saveFollowUp(ctx, achievementId, userId, followUp);
}

/**
 * Whether a person's progress is kept by the current definition. While everybody is evaluated by a new one, those the
 * evaluation has not come to are left to it: it reads all their rows.
 */
async function isCurrent(
  ctx: ReadCtx,
  { _id, isEvaluating }: Achievement,
  userId: Id<"users">,
): Promise<boolean> {
  if (!isEvaluating) return true;
  const evaluation = await evaluationOf(ctx, _id);
  const cursor = evaluation?.cursor ?? null;
  return cursor !== null && userId <= cursor;
}

/** The rows an achievement's types include, before or after. */
function touchedBy({ criteria }: Achievement, rows: readonly WrittenRow[]): WrittenRow[] {
  const types = new Set<string | null>(typesOf(criteria));
  return rows.filter(
    ({ before, after }) =>
      types.has(after.activityTypeId) || (before !== null && types.has(before.activityTypeId)),
  );
}

/**
 * What follows from rows that change, whatever door changes them, for the awards of the achievements whose types they have
 * or had; nothing is written. It reads no rows but those of awards that change.
 */
export async function planAwards(
  ctx: ReadCtx,
  { activities, book, rows, known }: AwardWish,
): Promise<AwardPlan[]> {
  if (rows.every(({ after }) => after.activityTypeId === null)) return [];
  const { challenge, standing } = book.account;
  const { challengeId, userId } = standing;
  const allowance = allowanceBeside(rows.length, book);
  const plans: AwardPlan[] = [];
  for (const achievement of await achievementsOf(ctx, challengeId)) {
    const touched = touchedBy(achievement, rows);
    if (touched.length === 0 || !(await isCurrent(ctx, achievement, userId))) continue;
    const stored = await progressOf(ctx, achievement._id, userId);
    const before = known?.get(achievement._id) ?? stored;
    const now = touched.map(({ activityId, after }) => ({ activityId, row: after }));
    const entries = entriesAfter(achievement.criteria, before?.entries ?? [], now);
    const deserved = awardsOf(awardRuleOf(achievement, challenge.startsOn), entries);
    const between = { held: before?.awards ?? [], deserved };
    const settlement = await settle({ activities, book, achievement }, between, allowance);
    plans.push({ achievement, stored, entries, settlement });
  }
  return plans;
}

/**
 * Keeps what `planAwards` says about rows that were written, and answers the changes of awards, to be posted next. A
 * chunk that changes more awards than its transaction can hold leaves the rest to one of its own.
 */
export async function achievementEffects(ctx: WriteCtx, wish: AwardWish): Promise<RowChange[]> {
  const { standing } = wish.book.account;
  const plans = await planAwards(ctx, wish);
  for (const { achievement, stored, entries, settlement } of plans) {
    const { awards, gained, isComplete } = settlement;
    await saveProgress(ctx, standing, achievement, stored, { entries, awards });
    await tellAwarded(ctx, standing, achievement, gained);
    if (!isComplete) await settleLater(ctx, achievement._id, standing.userId);
  }
  return plans.flatMap(({ settlement }) => settlement.changes);
}
