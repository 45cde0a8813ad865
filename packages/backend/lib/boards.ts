import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { needChallenge } from "./access";
import { activityTypesOf } from "./activityTypes";
import {
  boardTotalOf,
  boardTotalsNextTo,
  firstBoardTotals,
  hasBoardTotals,
  nextCategory,
  rankedBoardTotal,
} from "./boardTotals";
import { totalsOf } from "./challengePoints";
import { nameOnBoard } from "./displayNames";
import { need, refuse } from "./errors";
import { standingOf } from "./pointLedger";
import type { Owner } from "./pointLedger/ports";
import { dayPointsOf } from "./publicView";
import { type BoardPlace, placeOf, type Ranked } from "./ranks";
import { type Board, boardCursor, checkBoard, readBoardCursor } from "./rules/boards";
import { rankBefore } from "./rules/movement";
import { currentStreak } from "./rules/streak";
import { totalWeeks } from "./rules/weeks";
import type { ReadCtx } from "./tableOwners";
import { firstStandings, rankedStanding, standingsNextTo } from "./totalBoard";

/**
 * The boards of a challenge as they are read: the total, whose entries are the standings, and those of weeks and
 * categories, whose entries are the boardTotals.
 */

/** Categories of a challenge that are looked through; it has at most 100 types at a time. */
const MAX_CATEGORIES = 200;

/** Where every board begins. */
export const FIRST_PLACE: BoardPlace = { position: 1, rank: 1 };

/** One person's entry on a board. */
export type BoardEntry = Doc<"standings"> | Doc<"boardTotals">;

/** A row as boards show it. */
export const boardRowValidator = v.object({
  rank: v.number(),
  userId: v.id("users"),
  displayName: v.string(),
  totalPoints: v.number(),
  currentStreak: v.number(),
  streakLastDay: v.union(v.string(), v.null()),
  /** Of the total, the rank at the start of the day, where it was taken. */
  rankYesterday: v.optional(v.number()),
  /** Of the total, the points dated the caller's day; absent without one, and where it could tell of a single activity of Strava. */
  pointsToday: v.optional(v.number()),
  /** The total shown is not the stored one the board is ordered by: verify names why. */
  differs: v.optional(v.literal(true)),
});
type ShownRow = Infer<typeof boardRowValidator>;

/** What functions take to name a board; `key` is a week's number or a category's name. */
export const boardArgs = {
  board: v.optional(v.union(v.literal("total"), v.literal("week"), v.literal("category"))),
  key: v.optional(v.string()),
};

/** The board that is asked for; refuses INVALID_INPUT (`key`) for a week or category the challenge does not have. */
export async function needBoard(
  ctx: ReadCtx,
  challenge: Doc<"challenges">,
  wish: Parameters<typeof checkBoard>[0],
): Promise<Board> {
  const board = need(checkBoard(wish, challenge));
  if (board.board !== "category" || (await hasBoardTotals(ctx, challenge._id, board))) return board;
  const types = await activityTypesOf(ctx, challenge._id);
  if (types.some(({ category }) => category === board.key)) return board;
  const problem = "is no category of the challenge";
  return refuse({ code: "INVALID_INPUT", path: "key", problem });
}

/** How many weeks a challenge has, and its categories: those of its types, and those of rows scored before. */
export async function boardsOf(
  ctx: ReadCtx,
  challenge: Doc<"challenges">,
): Promise<{ weeks: number; categories: string[] }> {
  const types = await activityTypesOf(ctx, challenge._id);
  const categories = new Set(types.flatMap(({ category }) => category ?? []));
  let stored = await nextCategory(ctx, challenge._id, "");
  for (let count = 0; stored !== null && count < MAX_CATEGORIES; count += 1) {
    categories.add(stored);
    stored = await nextCategory(ctx, challenge._id, stored);
  }
  const weeks = totalWeeks(challenge.startsOn, challenge.endsOn);
  return { weeks, categories: [...categories].sort() };
}

/**
 * A page of the listed entries of a board, best first: those that are first behind the cursor now. `.paginate` would
 * have every client go on with the end its page had first, so a page that is watched would take in everybody who climbs
 * into it, and no two clients would share a run. Refuses INVALID_INPUT for a cursor that is none of a board.
 *
 * @param cursor where the page before ended, null for the first
 */
export async function entriesPage(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  board: Board,
  { cursor, numItems }: { cursor: string | null; numItems: number },
): Promise<{ page: BoardEntry[]; continueCursor: string; isDone: boolean }> {
  const found = await entriesBehind(ctx, challengeId, board, { cursor, count: numItems + 1 });
  const page = found.slice(0, numItems);
  const last = page.at(-1);
  const continueCursor = last === undefined ? (cursor ?? "") : boardCursor(rankedOf(last).key);
  return { page, continueCursor, isDone: found.length <= numItems };
}

async function entriesBehind(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  board: Board,
  { cursor, count }: { cursor: string | null; count: number },
): Promise<BoardEntry[]> {
  if (cursor === null) {
    if (board.board === "total") return await firstStandings(ctx, challengeId, count);
    return await firstBoardTotals(ctx, challengeId, board, count);
  }
  const [negTotal, reachedAt, person] = need(readBoardCursor(cursor));
  const userId = ctx.db.normalizeId("users", person);
  if (userId === null)
    return refuse({ code: "INVALID_INPUT", path: "cursor", problem: "names nobody" });
  if (board.board === "total") {
    const place = { challengeId, negTotal, reachedAt, userId };
    return await standingsNextTo(ctx, place, "below", count);
  }
  const place = { challengeId, ...board, order: [negTotal, reachedAt, userId] };
  return await boardTotalsNextTo(ctx, place, "below", count);
}

/** A person's entry on a board, listed or not; null when they have none. */
export async function entryOf(
  ctx: ReadCtx,
  owner: Owner,
  board: Board,
): Promise<BoardEntry | null> {
  return board.board === "total"
    ? await standingOf(ctx, owner)
    : await boardTotalOf(ctx, owner, board);
}

/**
 * A person's entry on the board they ask for, without reading anything that is not theirs: an unknown category is one
 * they have nothing in. Refuses INVALID_INPUT for a week the challenge does not have.
 */
export async function ownEntry(
  ctx: ReadCtx,
  standing: Doc<"standings">,
  wish: Parameters<typeof checkBoard>[0],
): Promise<BoardEntry | null> {
  const challenge = await needChallenge(ctx, standing.challengeId);
  const board = need(checkBoard(wish, challenge));
  return board.board === "total" ? standing : await boardTotalOf(ctx, standing, board);
}

/** The points an entry is stored with; 0 for nobody's. */
export function pointsOf(entry: BoardEntry | null): number {
  if (entry === null) return 0;
  return "board" in entry ? entry.points : entry.totalPoints;
}

/** The place of a listed entry; it lags the points by about a second. */
export async function placeOfEntry(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  entry: BoardEntry,
): Promise<BoardPlace> {
  return await placeOf(ctx, rankedOf(entry));
}

/** An entry as the tree of its board holds it. */
function rankedOf(entry: BoardEntry): Ranked {
  return "board" in entry ? rankedBoardTotal(entry) : rankedStanding(entry);
}

/** A listed entry with up to `count` listed entries above it and as many below, best first. */
export async function entriesAround(
  ctx: ReadCtx,
  entry: BoardEntry,
  count: number,
): Promise<BoardEntry[]> {
  if ("board" in entry) {
    const above = await boardTotalsNextTo(ctx, entry, "above", count);
    return [...above.reverse(), entry, ...(await boardTotalsNextTo(ctx, entry, "below", count))];
  }
  const above = await standingsNextTo(ctx, entry, "above", count);
  return [...above.reverse(), entry, ...(await standingsNextTo(ctx, entry, "below", count))];
}

/**
 * Entries that follow one another on a board as they are shown. Totals are sums over the activity rows; points of
 * weeks and categories are the stored ones.
 *
 * @param entries at most 50, of one board
 * @param start the place of the first
 * @param today the caller's calendar day
 */
export async function shownRows(
  ctx: ReadCtx,
  entries: readonly BoardEntry[],
  start: BoardPlace,
  today: string | undefined,
): Promise<ShownRow[]> {
  const sums = await sumsOf(ctx, entries);
  let { rank } = start;
  return await Promise.all(
    entries.map(async (entry, index) => {
      const above = entries[index - 1];
      const isTied = above !== undefined && storedPoints(above) === storedPoints(entry);
      if (above !== undefined && !isTied) rank = start.position + index;
      // The next entry's turn changes `rank` while this one reads.
      const own = rank;
      return { rank: own, ...(await shownEntry(ctx, entry, sums[index], today)) };
    }),
  );
}

/** What a board is ordered by. */
function storedPoints(entry: BoardEntry): number {
  return "board" in entry ? entry.points : 0 - entry.negTotal;
}

/** The sums over the activity rows of the entries' people; none for boards of weeks and categories. */
async function sumsOf(ctx: ReadCtx, entries: readonly BoardEntry[]): Promise<number[]> {
  const [first] = entries;
  if (first === undefined || "board" in first) return [];
  const userIds = entries.map(({ userId }) => userId);
  return await totalsOf(ctx, first.challengeId, userIds);
}

async function shownEntry(
  ctx: ReadCtx,
  entry: BoardEntry,
  sum: number | undefined,
  today: string | undefined,
): Promise<Omit<ShownRow, "rank">> {
  const { userId } = entry;
  const isOfTotal = !("board" in entry);
  const standing = isOfTotal ? entry : await standingOf(ctx, entry);
  const streakLastDay = standing?.streakLastDay ?? null;
  const stored = pointsOf(entry);
  const totalPoints = sum ?? stored;
  const rankYesterday = isOfTotal ? rankBefore(entry.rankYesterday, today) : undefined;
  const pointsToday =
    isOfTotal && today !== undefined ? await dayPointsOf(ctx, entry, today) : undefined;
  return {
    userId,
    displayName: await nameOnBoard(ctx, standing ?? { userId }),
    totalPoints,
    currentStreak: currentStreak(standing?.streakLength ?? 0, streakLastDay, today),
    streakLastDay,
    ...(rankYesterday === undefined ? {} : { rankYesterday }),
    ...(pointsToday === undefined ? {} : { pointsToday }),
    ...(totalPoints === stored ? {} : { differs: true as const }),
  };
}
