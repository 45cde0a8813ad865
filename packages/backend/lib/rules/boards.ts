import type { Infer } from "convex/values";
import type { boardKindValidator, ledgerTables } from "../../tables/ledger";
import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import type { ActivityRow, RowChange, RowTraits } from "./ledger";
import { totalWeeks, weekOf } from "./weeks";

export type BoardRow = Infer<typeof ledgerTables.boardTotals.validator>;

/** One board beside the total: a week by its number as text, or a category by its name. */
export interface BoardId {
  board: Infer<typeof boardKindValidator>;
  key: string;
}

/** Any board of a challenge. */
export type Board = { board: "total" } | BoardId;

/**
 * The board somebody asks for, the total unless told. Refuses INVALID_INPUT (`key`) for a key with the total, and for a
 * week the challenge does not have; which categories there are is not known here.
 */
export function checkBoard(
  { board = "total", key }: { board?: Board["board"]; key?: string },
  { startsOn, endsOn }: { startsOn: string; endsOn: string },
): Checked<Board> {
  if (board === "total")
    return key === undefined ? accept({ board }) : invalid("key", "the total has no key");
  if (key === undefined) return invalid("key", `must name a ${board}`);
  const weeks = totalWeeks(startsOn, endsOn);
  const isWeek = /^[1-9]\d*$/.test(key) && Number(key) <= weeks;
  if (board === "week" && !isWeek) return invalid("key", `must be a week from 1 to ${weeks}`);
  return accept({ board, key });
}

/** What changes of a person's rows did to what they have on one board. */
export interface BoardChange extends BoardId {
  points: number;
  activities: number;
  /** Some row gives another number of points there than before, also where two changes cancel out. */
  isMoved: boolean;
}

/** What a person has on a board. */
export type BoardCount = Pick<BoardRow, "points" | "activityCount">;

/** How a board is named in findings: `week.3`, `category.Running`. */
export function boardName({ board, key }: BoardId): string {
  return `${board}.${key}`;
}

/** The week of a live row and the category of the rule version it is scored with; the streak row is on neither. */
function boardsOf(row: ActivityRow, { category }: RowTraits, startsOn: string): BoardId[] {
  if (row.deletedAt !== undefined || row.loggedDate === null) return [];
  const week = { board: "week", key: String(weekOf(startsOn, row.loggedDate)) } as const;
  return category === undefined ? [week] : [week, { board: "category", key: category }];
}

/** Collects what changes of one person's rows do to the boards, from each row before and after. */
export class BoardChanges {
  private readonly changes = new Map<string, BoardChange>();

  /** @param startsOn the challenge's first day, which its weeks are counted from */
  constructor(private readonly startsOn: string) {}

  /** Counts one change of a row. */
  record(change: Pick<RowChange, "before" | "after" | "traitsBefore" | "traitsAfter">): void {
    const own = new Map<string, BoardChange>();
    if (change.before) this.count(own, change.before, change.traitsBefore, -1);
    this.count(own, change.after, change.traitsAfter, 1);
    for (const [name, { points, activities, ...id }] of own) {
      const sum = this.changes.get(name);
      this.changes.set(name, {
        ...id,
        points: (sum?.points ?? 0) + points,
        activities: (sum?.activities ?? 0) + activities,
        isMoved: (sum?.isMoved ?? false) || points !== 0,
      });
    }
  }

  /** The boards on which anything changed. */
  list(): BoardChange[] {
    return [...this.changes.values()].filter(
      ({ activities, isMoved }) => isMoved || activities !== 0,
    );
  }

  private count(own: Map<string, BoardChange>, row: ActivityRow, traits: RowTraits, sign: 1 | -1) {
    const activities = row.activityTypeId === null ? 0 : sign;
    for (const id of boardsOf(row, traits, this.startsOn)) {
      const sum = own.get(boardName(id)) ?? { ...id, points: 0, activities: 0, isMoved: false };
      sum.points += sign * row.pointsEarned;
      sum.activities += activities;
      own.set(boardName(id), sum);
    }
  }
}

/** What a board is sorted by, upwards: most points, then who reached them first, then the id. */
export function boardOrder({
  points,
  reachedAt,
  userId,
}: Pick<BoardRow, "points" | "reachedAt" | "userId">): BoardRow["order"] {
  // 0 - x and not -x: -0 would miss the index entries of 0.
  return [0 - points, reachedAt, userId];
}

/** What every board is sorted by, of one entry. */
type BoardKey = [negPoints: number, reachedAt: number, userId: string];

/** Where a page of a board ends, as text: after the entry with this key. */
export function boardCursor(key: BoardKey): string {
  return JSON.stringify(key);
}

/** The key a page of a board begins behind; refuses INVALID_INPUT (`cursor`) for what is no `boardCursor`. */
export function readBoardCursor(cursor: string): Checked<BoardKey> {
  let read: unknown;
  try {
    read = JSON.parse(cursor);
  } catch {
    read = null;
  }
  const [negPoints, reachedAt, userId, ...others]: unknown[] = Array.isArray(read) ? read : [];
  const isKey = typeof negPoints === "number" && typeof reachedAt === "number";
  return isKey && typeof userId === "string" && others.length === 0
    ? accept([negPoints, reachedAt, userId])
    : invalid("cursor", "is not where a page of a board ended");
}

/**
 * A person's row of a board after a change. Null when nothing is left there, neither points nor an activity: a board
 * lists who has something on it.
 *
 * @param stored the row now, null when there is none
 * @param at UTC ms
 */
export function boardRowAfter(
  stored: BoardRow | null,
  { board, key, points: pointsDelta, activities, isMoved }: BoardChange,
  { at, ...owner }: Pick<BoardRow, "challengeId" | "userId" | "listed"> & { at: number },
): BoardRow | null {
  const points = (stored?.points ?? 0) + pointsDelta;
  const activityCount = (stored?.activityCount ?? 0) + activities;
  if (points === 0 && activityCount === 0) return null;
  const reachedAt = stored === null || isMoved ? at : stored.reachedAt;
  const order = boardOrder({ points, reachedAt, userId: owner.userId });
  return { ...owner, board, key, points, activityCount, reachedAt, order };
}

/**
 * What a person should have on every board: their rows grouped anew, by counting and not by the code that writes.
 *
 * @param rows all rows of the person in the challenge, deleted ones included
 * @param traitsOf what the rule version a row is scored with says beside its points
 * @param startsOn the challenge's first day
 * @returns by `boardName`; no entry where neither points nor an activity are left
 */
export function expectedBoards(
  rows: readonly ActivityRow[],
  traitsOf: (row: ActivityRow) => RowTraits,
  startsOn: string,
): Map<string, BoardId & BoardCount> {
  const boards = new Map<string, BoardId & BoardCount>();
  const add = (board: BoardId["board"], key: string, row: ActivityRow) => {
    const name = boardName({ board, key });
    const { points, activityCount } = boards.get(name) ?? { points: 0, activityCount: 0 };
    boards.set(name, {
      board,
      key,
      points: points + row.pointsEarned,
      activityCount: activityCount + (row.activityTypeId === null ? 0 : 1),
    });
  };
  for (const row of rows) {
    if (row.deletedAt !== undefined || row.loggedDate === null) continue;
    add("week", String(weekOf(startsOn, row.loggedDate)), row);
    const { category } = traitsOf(row);
    if (row.activityTypeId !== null && category !== undefined) add("category", category, row);
  }
  for (const [name, { points, activityCount }] of boards) {
    if (points === 0 && activityCount === 0) boards.delete(name);
  }
  return boards;
}
