import type { Id } from "../_generated/dataModel";
import type { TypeRule } from "../lib/rules/ledger";
import type { Bonus, Metrics, Rule } from "../tables/scoring";

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

/** What the model reads of a row. */
export interface DayRow {
  _id: string;
  activityTypeId: string | null;
  ruleVersion: number;
  metrics: Metrics;
  pointsEarned: number;
  sealedAt?: number;
  carriedBonuses?: readonly string[];
  allowanceUsed?: number;
}

const factsOf = <Facts>(facts: readonly Facts[], { ruleVersion }: DayRow): Facts => {
  const found = facts[ruleVersion - 1];
  if (found === undefined) throw new Error("no such version");
  return found;
};

/** Who carries a bonus of the day: a sealed row that does, else the first that qualifies. */
function carrierOf(rows: readonly DayRow[], label: string): DayRow | undefined {
  const sealed = rows.find((row) => row.sealedAt !== undefined && carries(row, label));
  const qualifies = (row: DayRow) =>
    row.sealedAt === undefined &&
    factsOf(JOG_FACTS, row).bonuses.some(
      (bonus) => bonus.label === label && kmOf(row) >= bonus.fromKm,
    );
  return sealed ?? rows.find(qualifies);
}

const carries = (row: DayRow, label: string) => row.carriedBonuses?.includes(label) === true;
const kmOf = ({ metrics }: DayRow) => (metrics.distance_m ?? 0) / 1000;

const freeOf = (row: DayRow) =>
  row.activityTypeId === DRINK ? factsOf(DRINK_FACTS, row).free : null;
const capOf = (row: DayRow) =>
  row.activityTypeId === JOG ? factsOf(JOG_FACTS, row).cap : factsOf(DRINK_FACTS, row).cap;
const isSealed = (row: DayRow) => row.sealedAt !== undefined;

/** Whether a row may have one more free drink without a sealed one behind it losing one of its own. */
function mayHaveFree(later: readonly DayRow[], own: number, used: number): boolean {
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

/** What a row takes of its day before the cap; sealed rows keep what they have. */
interface Share {
  points: number;
  carriedBonuses: readonly string[];
  allowanceUsed: number;
}

/** The shares of one type's live rows of a day, in the order they were made. */
export function sharesOfDay(rows: readonly DayRow[]): Share[] {
  let used = 0;
  return rows.map((row, index) => {
    const free = freeOf(row);
    const { pointsEarned, carriedBonuses = [], allowanceUsed = 0 } = row;
    if (isSealed(row)) {
      if (free !== null) used += allowanceUsed;
      return { points: pointsEarned, carriedBonuses, allowanceUsed };
    }
    if (row.activityTypeId === JOG) {
      const bonuses = factsOf(JOG_FACTS, row).bonuses.filter(
        ({ label }) => carrierOf(rows, label) === row,
      );
      const points = kmOf(row) * 10 + bonuses.reduce((sum, bonus) => sum + bonus.points, 0);
      return { points, carriedBonuses: bonuses.map(({ label }) => label), allowanceUsed: 0 };
    }
    const usedBefore = used;
    let paid = 0;
    for (let drink = 0; drink < (row.metrics.count ?? 0); drink += 1) {
      if (free !== null && mayHaveFree(rows.slice(index + 1), free, used)) used += 1;
      else paid += 1;
    }
    const points = 0 + paid * factsOf(DRINK_FACTS, row).each;
    return { points, carriedBonuses: [], allowanceUsed: used - usedBefore };
  });
}

/**
 * The points of one type's live rows of a day, in the order they were made.
 *
 * @returns by row id
 */
export function modelOfDay(rows: readonly DayRow[]): Map<string, number> {
  const earned = sharesOfDay(rows).map(({ points }) => points);
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
  rows: readonly DayRow[],
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
