import type { ErrorCode } from "../lib/errors";
import { type DayRow, DRINK, JOG, modelOfDay, sharesOfDay } from "./dayModel.setup";
import type { WorldType } from "./worldTypes.setup";

/**
 * What the ledger should hold, said a second time as simply as possible: rows in lists, everything counted anew from
 * them. It shares no code with the ledger.
 */

/** The model's challenge is June 2026, seen at 10 June by people in UTC. */
const TODAY = 10;
const LAST_DAY = 30;
const BACKDATE_DAYS = 7;
const STREAK_MIN = 10;
const MOST_A_DAY = 30;
const MOST_STRETCHES = 2;

/** One version of a type's rule: which of its rules it is, and the version's number. */
export interface ModelVersion {
  rule: number;
  version: number;
}

/** What somebody did, as a row says it. */
export interface Deed {
  type: WorldType;
  day: number;
  amount: number;
}

export interface ModelRow {
  /** Counts the rows of all people in the order they were made. */
  number: number;
  /** "" until it is read off the stored row. */
  id: string;
  source: "manual" | "api" | "archive" | "strava" | "achievement" | "adjustment";
  /** Null for awards and adjustments. */
  type: WorldType | null;
  scoredBy: ModelVersion;
  day: number;
  amount: number;
  points: number;
  carriedBonuses: readonly string[];
  allowanceUsed: number;
  isDeleted: boolean;
  isSticky: boolean;
  version: number;
  /** Its metrics and start are gone; `amount` is what they were. */
  isSealed: boolean;
  /** It was sealed while it did not count, or removed since: what it measured counts for no achievement any more. */
  isForgotten: boolean;
  externalId?: string;
  /** What its source said last. */
  content?: string;
  /** Minutes of the day it started at. */
  start?: { day: number; minute: number };
  awardKey?: string;
  isRemovedByStrava: boolean;
  /** What organisers did to it: removed it, restored it, or edited it from these facts (null: nothing is kept of them). */
  corrections: Array<"removed" | "restored" | { from: Deed | null }>;
  isAppealed: boolean;
}

/** An imported row that waits for a decision, or was decided against. */
export interface ModelHeld {
  id: string;
  source: "archive" | "strava";
  externalId: string;
  said: Said;
  twin: ModelRow;
  isDiscarded: boolean;
}

/** What an archive or Strava says about an activity. */
export interface Said {
  number: number;
  sport: string;
  day: number;
  amount: number;
}

export interface ModelPerson {
  userId: string;
  status: "in" | "left" | "removed" | "banned";
  /** Removed with their points shown: on the boards without a name. */
  isFormer: boolean;
  /** Stays when they leave and come back. */
  isRanked: boolean;
  rows: ModelRow[];
  held: ModelHeld[];
  reachedAt: number;
  /** When the points of each board last moved, by `week.2` or `category.Moving`. */
  boardsReachedAt: Record<string, number>;
  /** What rows gave when it was last looked at: in total and by board. */
  given: { total: string; boards: Record<string, string> };
}

/** Somebody who just came in. */
export function newPerson(userId: string, reachedAt: number): ModelPerson {
  const state = { status: "in" as const, isFormer: false, isRanked: true };
  const person = { userId, ...state, rows: [], held: [], reachedAt, boardsReachedAt: {} };
  return { ...person, given: givenBy({ ...person, given: { total: "", boards: {} } }) };
}

/** A new row that counts. */
export function newRow(
  facts: Pick<ModelRow, "number" | "source" | "type" | "day" | "amount"> & Partial<ModelRow>,
): ModelRow {
  return {
    id: "",
    scoredBy: { rule: 0, version: 1 },
    points: 0,
    carriedBonuses: [],
    allowanceUsed: 0,
    isDeleted: false,
    isSticky: false,
    version: 1,
    isSealed: false,
    isForgotten: false,
    isRemovedByStrava: false,
    corrections: [],
    isAppealed: false,
    ...facts,
  };
}

/** What a call should do: refuse, change nothing, or change, with events by these actors and for this request. */
export type Expected =
  | { refused: ErrorCode }
  | { refused?: undefined; isNothing: boolean; actors: string[]; requestId?: string };

interface RuleFacts {
  category?: string;
  isStreak: boolean;
  points: (amount: number) => number;
}

const perKm = (each: number) => (amount: number) => Math.floor((amount * each) / 1000 + 0.5);
/** Priced with the day; see dayModel. */
const byDay = () => 0;

/** What the model knows of every rule of every type; the rules themselves are in worldTypes. */
const RULES: Record<WorldType, RuleFacts[]> = {
  run: [
    { category: "Moving", isStreak: true, points: perKm(10) },
    { category: "Treats", isStreak: false, points: perKm(20) },
  ],
  stretch: [{ isStreak: true, points: () => 5 }],
  drink: [{ category: "Treats", isStreak: false, points: (amount) => 0 - 5 * (amount % 5) }],
  hike: [{ category: "Moving", isStreak: true, points: () => 20 }],
  rest: [{ isStreak: false, points: () => 0 }],
  jog: [
    { category: "Moving", isStreak: true, points: byDay },
    { category: "Moving", isStreak: false, points: byDay },
    { category: "Treats", isStreak: true, points: byDay },
  ],
  sip: [
    { category: "Treats", isStreak: false, points: byDay },
    { category: "Treats", isStreak: false, points: byDay },
    { category: "Treats", isStreak: false, points: byDay },
  ],
};

function factsOf({ type, scoredBy }: ModelRow): RuleFacts | null {
  return type === null ? null : (RULES[type][scoredBy.rule] ?? null);
}

function live(person: ModelPerson): ModelRow[] {
  return person.rows.filter((row) => !row.isDeleted);
}

/** What the model of a day reads of a row. */
function dayRow(row: ModelRow): DayRow {
  const { number, scoredBy, amount, points, carriedBonuses, allowanceUsed, isSealed } = row;
  const count = amount % 5;
  return {
    _id: String(number),
    activityTypeId: row.type === "jog" ? JOG : DRINK,
    ruleVersion: scoredBy.rule + 1,
    metrics: row.type === "jog" ? { distance_m: count * 1000 } : { count },
    pointsEarned: points,
    sealedAt: isSealed ? 1 : undefined,
    carriedBonuses,
    allowanceUsed,
  };
}

/** Gives every live row the points that its rule and its day give. */
export function price(person: ModelPerson): void {
  for (const row of live(person)) {
    const facts = factsOf(row);
    if (facts && facts.points !== byDay && !row.isSealed) row.points = facts.points(row.amount);
  }
  for (const type of ["jog", "sip"]) {
    for (let day = 1; day <= LAST_DAY; day += 1) {
      const rows = live(person).filter((row) => row.type === type && row.day === day);
      if (rows.length === 0) continue;
      const stated = rows.map(dayRow);
      const points = modelOfDay(stated);
      const shares = sharesOfDay(stated);
      for (const [index, row] of rows.entries()) {
        row.points = points.get(String(row.number)) ?? 0;
        row.carriedBonuses = shares[index]?.carriedBonuses ?? [];
        row.allowanceUsed = shares[index]?.allowanceUsed ?? 0;
      }
    }
  }
}

/** Points of a day, and those that count for the streak. */
export function dayOf(person: ModelPerson, day: number) {
  let points = 0;
  let streakPoints = 0;
  let count = 0;
  for (const row of live(person)) {
    if (row.day !== day) continue;
    points += row.points;
    if (row.type !== null) count += 1;
    if (factsOf(row)?.isStreak) streakPoints += row.points;
  }
  return { points, streakPoints, count };
}

/** The names of the boards a row counts on. */
function boardNames(row: ModelRow): string[] {
  const category = factsOf(row)?.category;
  const week = `week.${Math.ceil(row.day / 7)}`;
  return category === undefined ? [week] : [week, `category.${category}`];
}

/** What somebody has in every week and category where anything is left; the streak's bonus is in none. */
export function boardsOf(person: ModelPerson): Record<string, { points: number; count: number }> {
  const boards: Record<string, { points: number; count: number }> = {};
  for (const row of live(person)) {
    for (const name of boardNames(row)) {
      const { points, count } = boards[name] ?? { points: 0, count: 0 };
      const own = row.type === null ? 0 : 1;
      boards[name] = { points: points + row.points, count: count + own };
    }
  }
  const entries = Object.entries(boards);
  return Object.fromEntries(entries.filter(([, { points, count }]) => points !== 0 || count > 0));
}

/** The bonus, walking through every day of the month. */
export function streakOf(person: ModelPerson) {
  let bonus = 0;
  let run = 0;
  let last = { length: 0, day: 0 };
  let longest = 0;
  for (let day = 1; day <= LAST_DAY; day += 1) {
    run = dayOf(person, day).streakPoints >= STREAK_MIN ? run + 1 : 0;
    bonus += run;
    longest = Math.max(longest, run);
    if (run > 0) last = { length: run, day };
  }
  return { bonus, longest, ...last };
}

export function totalOf(person: ModelPerson): number {
  return live(person).reduce((sum, row) => sum + row.points, 0) + streakOf(person).bonus;
}

/**
 * What every row gives, as text, in total and on each board somebody is on: a tie goes by when any of it last moved, also
 * where two moves cancel out.
 */
export function givenBy(person: ModelPerson): ModelPerson["given"] {
  const rows = live(person).filter(({ points }) => points !== 0);
  const textOf = (some: ModelRow[]) => some.map(({ number, points }) => [number, points]);
  const boards = Object.keys(boardsOf(person)).map((name) => {
    const own = rows.filter((row) => boardNames(row).includes(name));
    return [name, JSON.stringify(textOf(own))];
  });
  const total = JSON.stringify([textOf(rows), streakOf(person).bonus]);
  return { total, boards: Object.fromEntries(boards) };
}

/** Notes when points moved; to be called after every change of an account. */
export function mark(person: ModelPerson, now: number): void {
  const given = givenBy(person);
  if (given.total !== person.given.total) person.reachedAt = now;
  for (const [name, text] of Object.entries(given.boards)) {
    if (person.given.boards[name] !== text) person.boardsReachedAt[name] = now;
  }
  person.given = given;
}

/** Whether a row may be on a day; `self` is the row a change is about. */
export function fits(
  person: ModelPerson,
  row: { type: WorldType; day: number },
  options: { isAdmin: boolean; self?: ModelRow },
): ErrorCode | null {
  const earliest = options.isAdmin ? 1 : TODAY - BACKDATE_DAYS;
  if (row.day < earliest || row.day > TODAY) return "OUTSIDE_CHALLENGE_DATES";
  if (row.type === "hike" && (row.day < 8 || row.day > 14)) return "NOT_AVAILABLE_THIS_WEEK";
  const others = live(person).filter(
    (other) => other.day === row.day && other.type !== null && other !== options.self,
  );
  if (others.length >= MOST_A_DAY) return "LIMIT_REACHED";
  const stretches = others.filter(({ type }) => type === "stretch").length;
  if (row.type === "stretch" && stretches >= MOST_STRETCHES) return "LIMIT_REACHED";
  return null;
}

/** Whether somebody stands on the boards. */
export function isListed({ status, isRanked, isFormer }: ModelPerson): boolean {
  return isFormer || (status === "in" && isRanked);
}

interface Entry {
  userId: string;
  points: number;
  reachedAt: number;
}

/** Most points, then who was there first, then id; equal points share a rank. */
function ranked(entries: Entry[]) {
  entries.sort(
    (a, b) => b.points - a.points || a.reachedAt - b.reachedAt || (a.userId < b.userId ? -1 : 1),
  );
  return entries.map(({ userId, points }) => ({
    rank: 1 + entries.filter((other) => other.points > points).length,
    userId,
    totalPoints: points,
  }));
}

/** The board of the total. */
export function boardOf(people: ModelPerson[]) {
  return ranked(
    people.filter(isListed).map((person) => {
      const { userId, reachedAt } = person;
      return { userId, points: totalOf(person), reachedAt };
    }),
  );
}

/** The board of a week or category, by its name; only people with something there are on it. */
export function partBoardOf(people: ModelPerson[], name: string) {
  return ranked(
    people.filter(isListed).flatMap((person) => {
      const own = boardsOf(person)[name];
      const { userId, boardsReachedAt } = person;
      return own ? [{ userId, points: own.points, reachedAt: boardsReachedAt[name] ?? 0 }] : [];
    }),
  );
}
