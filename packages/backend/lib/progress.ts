import type { Doc, Id } from "../_generated/dataModel";
import { activityTypesOf, ruleOf } from "./activityTypes";
import { boardTotalsOf } from "./boardTotals";
import { totalOf } from "./challengePoints";
import { refuse } from "./errors";
import { ledgerReads } from "./pointLedger";
import type { Owner } from "./pointLedger/ports";
import type { Account } from "./rules/ledger";
import { dayRoom } from "./rules/dayRoom";
import { streakDays, streakRulesOf } from "./rules/streak";
import type { ReadCtx } from "./tableOwners";

/** A person's own progress in a challenge, read from their account: bounded by the challenge's days, never by history. */

async function needAccount(
  ctx: ReadCtx,
  challenge: Doc<"challenges">,
  userId: Id<"users">,
): Promise<Account> {
  const account = await ledgerReads(ctx).participations.account(challenge, userId);
  return account ?? refuse({ code: "NOT_FOUND", what: "participant" });
}

/**
 * A person's days, each with the streak bonus it pays, and their total, which the days and their bonuses add up to.
 * Refuses NOT_FOUND (`participant`) for somebody who never took part.
 */
export async function progressOf(ctx: ReadCtx, challenge: Doc<"challenges">, userId: Id<"users">) {
  const { days, standing } = await needAccount(ctx, challenge, userId);
  const counting = streakDays(days, streakRulesOf(challenge));
  const byDay = new Map(counting.map((one) => [one.day, one]));
  const owner = { challengeId: challenge._id, userId };
  const boards = await boardTotalsOf(ctx, owner);
  const board = (kind: "week" | "category") =>
    boards
      .filter((row) => row.board === kind)
      .map(({ key, points, activityCount }) => ({ key, points, activityCount }));
  return {
    days: days.map(({ day, points, streakPoints, activityCount }) => {
      const { position: streak = 0, bonusPoints: streakBonusPoints = 0 } = byDay.get(day) ?? {};
      return { day, points, streakPoints, activityCount, streak, streakBonusPoints };
    }),
    totalPoints: await totalOf(ctx, challenge._id, userId),
    standing,
    weeks: board("week"),
    categories: board("category"),
    types: await typeCountsOf(ctx, challenge._id, days),
  };
}

/** How many activities of each of the challenge's types there are in these days. */
async function typeCountsOf(ctx: ReadCtx, challengeId: Id<"challenges">, days: Account["days"]) {
  const counts = new Map<Id<"activityTypes">, number>();
  for (const { activityTypeId, count } of days.flatMap(({ typeCounts }) => typeCounts))
    counts.set(activityTypeId, (counts.get(activityTypeId) ?? 0) + count);
  const types = await activityTypesOf(ctx, challengeId);
  return types.flatMap(({ _id: activityTypeId, name, catalogueKey }) => {
    const count = counts.get(activityTypeId) ?? 0;
    return count === 0 ? [] : [{ activityTypeId, name, catalogueKey, count }];
  });
}

/**
 * What a person has on a day, and what each type's limits, day cap and free amount leave to one more row of it. Refuses
 * NOT_FOUND (`participant`) for somebody who never took part.
 */
export async function dayOf(
  ctx: ReadCtx,
  challenge: Doc<"challenges">,
  { userId }: Owner,
  day: string,
) {
  const { days } = await needAccount(ctx, challenge, userId);
  const owner = { challengeId: challenge._id, userId };
  const stored = await ledgerReads(ctx).activities.ofDay(owner, day);
  const rows = stored.filter(({ deletedAt }) => deletedAt === undefined);
  const types = await activityTypesOf(ctx, challenge._id);
  const names = new Map(types.map(({ _id, name }) => [_id, name]));
  return {
    rows: rows.flatMap(({ _id: activityId, activityTypeId, source, metrics, pointsEarned }) => {
      if (activityTypeId === null) return [];
      const typeName = names.get(activityTypeId) ?? "";
      return [{ activityId, activityTypeId, typeName, source, metrics, pointsEarned }];
    }),
    types: types.map((type) => {
      const ofType = rows.filter(({ activityTypeId }) => activityTypeId === type._id);
      const wish = { loggedDate: day, activityTypeId: type._id, dayCounts: days, rows: ofType };
      return { activityTypeId: type._id, room: dayRoom(ruleOf(type), challenge, wish) };
    }),
  };
}
