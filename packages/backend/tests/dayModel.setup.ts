import type { Id } from "../_generated/dataModel";
import type { StoredActivity } from "../lib/rules/ledger";
import type { TypeRule } from "../lib/rules/ledger";
import type { Bonus, Rule } from "../tables/scoring";

/**
 * Two types whose rows depend on their day, in three versions each, and what their days should give, said a second
 * time without the rules' code: whole kilometres and whole drinks, so that plain numbers do.
 */

export const JOG = "jog" as Id<"activityTypes">;
export const DRINK = "drink" as Id<"activityTypes">;

function rule(scoring: Rule["scoring"], more: Partial<Rule> = {}): Rule {
  return {
    scoring,
    bonuses: [],
    limits: {},
    contributesToStreak: true,
    isNegative: false,
    ...more,
  };
}

function once(label: string, points: number, fromKm?: number): Bonus {
  const threshold =
    fromKm === undefined ? {} : ({ metric: "distance_m", unit: "km", atLeast: fromKm } as const);
  return { kind: "oncePerDay", label, points, ...threshold };
}

const perKm = { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 10 } as const;
const allowance = { kind: "allowance", metric: "count", unit: "each" } as const;

const JOGS: Rule[] = [
  rule(perKm),
  rule(perKm, { bonuses: [once("First", 7, 2)], limits: { maxPointsPerDay: 50 } }),
  rule(perKm, {
    bonuses: [once("First", 3), once("Long", 11, 3)],
    limits: { maxPointsPerDay: 65 },
  }),
];
const DRINKS: Rule[] = [
  rule({ ...allowance, freePerDay: 1, pointsPerUnit: 5 }, { isNegative: true }),
  rule({ ...allowance, freePerDay: 3, pointsPerUnit: -2 }, { limits: { maxPointsPerDay: 5 } }),
  rule({ kind: "perUnit", metric: "count", unit: "each", pointsPerUnit: -4 }),
];

/** A type's versions in order. */
export function versionsOf(activityTypeId: Id<"activityTypes">): TypeRule[] {
  const rules = activityTypeId === JOG ? JOGS : DRINKS;
  return rules.map((one, index) => ({ activityTypeId, version: index + 1, rule: one }));
}

/** What the model knows of each version, by version number. */
const JOG_FACTS = [
  { bonuses: [], cap: null },
  { bonuses: [{ label: "First", points: 7, fromKm: 2 }], cap: 50 },
  {
    bonuses: [
      { label: "First", points: 3, fromKm: 0 },
      { label: "Long", points: 11, fromKm: 3 },
    ],
    cap: 65,
  },
];
const DRINK_FACTS = [
  { free: 1, each: -5, cap: null },
  { free: 3, each: -2, cap: 5 },
  { free: null, each: -4, cap: null },
];

const factsOf = <Facts>(facts: readonly Facts[], { ruleVersion }: StoredActivity): Facts => {
  const found = facts[ruleVersion - 1];
  if (found === undefined) throw new Error("no such version");
  return found;
};

/** Who carries a bonus of the day: a sealed row that does, else the first that qualifies. */
function carrierOf(rows: readonly StoredActivity[], label: string): StoredActivity | undefined {
  const sealed = rows.find((row) => row.sealedAt !== undefined && carries(row, label));
  const qualifies = (row: StoredActivity) =>
    row.sealedAt === undefined &&
    factsOf(JOG_FACTS, row).bonuses.some(
      (bonus) => bonus.label === label && kmOf(row) >= bonus.fromKm,
    );
  return sealed ?? rows.find(qualifies);
}

const carries = (row: StoredActivity, label: string) =>
  row.carriedBonuses?.includes(label) === true;
const kmOf = ({ metrics }: StoredActivity) => (metrics.distance_m ?? 0) / 1000;

const freeOf = (row: StoredActivity) =>
  row.activityTypeId === DRINK ? factsOf(DRINK_FACTS, row).free : null;
const capOf = (row: StoredActivity) =>
  row.activityTypeId === JOG ? factsOf(JOG_FACTS, row).cap : factsOf(DRINK_FACTS, row).cap;
const isSealed = (row: StoredActivity) => row.sealedAt !== undefined;

/** Whether a row may have one more free drink without a sealed one behind it losing one of its own. */
function mayHaveFree(later: readonly StoredActivity[], own: number, used: number): boolean {
  if (used + 1 > own) return false;
  let total = used + 1;
  for (const row of later) {
    const free = freeOf(row);
    const kept = row.allowanceUsed ?? 0;
    if (!isSealed(row) || free === null || kept === 0) continue;
    total += kept;
    if (total > free) return false;
  }
  return true;
}

/** Points before the cap of the day, by row; sealed rows give what they have. */
function uncapped(rows: readonly StoredActivity[]): number[] {
  let used = 0;
  return rows.map((row, index) => {
    const free = freeOf(row);
    if (isSealed(row)) {
      if (free !== null) used += row.allowanceUsed ?? 0;
      return row.pointsEarned;
    }
    if (row.activityTypeId === JOG) {
      const bonuses = factsOf(JOG_FACTS, row).bonuses.filter(
        ({ label }) => carrierOf(rows, label) === row,
      );
      return kmOf(row) * 10 + bonuses.reduce((sum, bonus) => sum + bonus.points, 0);
    }
    let paid = 0;
    for (let drink = 0; drink < (row.metrics.count ?? 0); drink += 1) {
      if (free !== null && mayHaveFree(rows.slice(index + 1), free, used)) used += 1;
      else paid += 1;
    }
    return 0 + paid * factsOf(DRINK_FACTS, row).each;
  });
}

/**
 * The points of one type's live rows of a day, in the order they were made.
 *
 * @returns by row id
 */
export function modelOfDay(rows: readonly StoredActivity[]): Map<string, number> {
  const earned = uncapped(rows);
  const points = new Map<string, number>();
  let running = 0;
  for (const [index, row] of rows.entries()) {
    const wanted = earned[index] ?? 0;
    const cap = capOf(row);
    const step = Math.sign(wanted);
    let given = 0;
    // Point by point, as long as the day and the sealed rows behind have room for it.
    while (
      given !== wanted &&
      (isSealed(row) ||
        cap === null ||
        (step * (running + step) <= cap && hasRoom(rows, earned, { index, step, running })))
    ) {
      given += step;
      if (cap !== null) running += step;
    }
    points.set(row._id, given);
  }
  return points;
}

/** Whether a step more leaves every later sealed row of that sign under its cap, if those between take what they can. */
function hasRoom(
  rows: readonly StoredActivity[],
  earned: readonly number[],
  { index, step, running }: { index: number; step: number; running: number },
): boolean {
  let least = running + step;
  for (const [later, row] of rows.entries()) {
    const cap = capOf(row);
    if (later <= index || cap === null) continue;
    const points = earned[later] ?? 0;
    if (isSealed(row) || Math.sign(points) === -step) least += points;
    if (isSealed(row) && Math.sign(points) === step && step * least > cap) return false;
  }
  return true;
}
