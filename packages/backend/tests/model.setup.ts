import type { ErrorCode } from "../lib/errors";
import type { TypeName } from "./ledger.setup";

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

export interface ModelRow {
  id: string;
  /** Null for an award. */
  type: TypeName | null;
  day: number;
  amount: number;
  points: number;
  isDeleted: boolean;
  isSticky: boolean;
  version: number;
  externalId?: string;
  /** What the archive said last. */
  content?: string;
  awardKey?: string;
}

export interface ModelPerson {
  userId: string;
  isIn: boolean;
  /** Stays when they leave and come back. */
  isRanked: boolean;
  rows: ModelRow[];
  reachedAt: number;
  /** When the points of each board last moved, by `week.2` or `category.Moving`. */
  boardsReachedAt: Record<string, number>;
}

/** What a call should do: refuse, change nothing, or change. */
export type Expected = { refused: ErrorCode } | { refused?: undefined; isNothing: boolean };

export function pointsFor(type: TypeName, amount: number): number {
  if (type === "run") return Math.floor(amount / 100 + 0.5);
  if (type === "stretch") return 5;
  if (type === "hike") return 20;
  if (type === "rest") return 0;
  return 0 - 5 * (amount % 5);
}

function live(person: ModelPerson): ModelRow[] {
  return person.rows.filter((row) => !row.isDeleted);
}

/** Points of a day, and those that count for the streak. */
export function dayOf(person: ModelPerson, day: number) {
  let points = 0;
  let streakPoints = 0;
  let count = 0;
  for (const row of live(person)) {
    if (row.day !== day) continue;
    points += row.points;
    if (row.type === null) continue;
    count += 1;
    if (["run", "stretch", "hike"].includes(row.type)) streakPoints += row.points;
  }
  return { points, streakPoints, count };
}

export const CATEGORIES: Partial<Record<TypeName, string>> = {
  run: "Moving",
  hike: "Moving",
  drink: "Treats",
};

/** The names of the boards a row counts on. */
function boardNames({ type, day }: ModelRow): string[] {
  const category = type === null ? undefined : CATEGORIES[type];
  const week = `week.${Math.ceil(day / 7)}`;
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

/** What every row gives on each board somebody is on, as one text a board: see `pointsGiven`. */
export function boardsGiven(person: ModelPerson): Record<string, string> {
  const given = Object.keys(boardsOf(person)).map((name) => {
    const rows = live(person).filter((row) => boardNames(row).includes(name) && row.points !== 0);
    return [name, JSON.stringify(rows.map(({ id, points }) => [id, points]))];
  });
  return Object.fromEntries(given);
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
 * What every row gives, as one text: the board's tie goes by when any of it last moved, also where two moves cancel
 * out in the total.
 */
export function pointsGiven(person: ModelPerson): string {
  const rows = live(person).filter(({ points }) => points !== 0);
  return JSON.stringify([rows.map(({ id, points }) => [id, points]), streakOf(person).bonus]);
}

/** Whether a row may be on a day; `self` is the row a change is about. */
export function fits(
  person: ModelPerson,
  row: { type: TypeName; day: number },
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
export function isListed({ isIn, isRanked }: ModelPerson): boolean {
  return isIn && isRanked;
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
