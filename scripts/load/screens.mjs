import { isDeepStrictEqual } from "node:util";
import { PAGE_SIZE, THIS_WEEK } from "./person.mjs";

/** @typedef {import("./person.mjs").BoardRow} BoardRow */
/** @typedef {{total: BoardRow[], week: BoardRow[]}} Boards all rows of the total and of this week, best first */
/** @typedef {"board" | "own row" | "rank"} Part */

/** The board a view shows. @param {import("./person.mjs").View} view @returns {keyof Boards} */
export const boardOf = (view) => (view === THIS_WEEK.board ? "week" : "total");

/**
 * Ranks by points as the board should have them: people with equal points share one (1, 2, 2, 4).
 * @param {BoardRow[]} rows best first @returns {Map<string, number>}
 */
export function ranksOf(rows) {
  const ranks = new Map();
  for (const [index, { userId, totalPoints }] of rows.entries()) {
    const above = rows[index - 1];
    const isShared = above?.totalPoints === totalPoints;
    ranks.set(userId, isShared ? ranks.get(above.userId) : index + 1);
  }
  return ranks;
}

/**
 * What of somebody's screen is not the newest.
 * @param {Pick<import("./person.mjs").Person, "userId" | "view" | "pages" | "own" | "rank">} person
 * @param {Boards} boards as they are now @param {Record<keyof Boards, Map<string, number>>} ranks by `ranksOf`
 * @returns {Part[]}
 */
export function staleParts({ userId, view, pages, own, rank }, boards, ranks) {
  /** @type {Part[]} */
  const stale = [];
  const shown = pages.flatMap(({ page }) => page);
  const board = boards[boardOf(view)];
  // As many rows as a page has, however many climbed into it meanwhile.
  const newest = board.slice(0, PAGE_SIZE * (view === "twoPages" ? 2 : 1));
  if (!isDeepStrictEqual(shown, newest)) stale.push("board");
  const row = board.find((one) => one.userId === userId);
  if (own === null || own.totalPoints !== (row?.totalPoints ?? 0)) stale.push("own row");
  if (rank !== (ranks[boardOf(view)].get(userId) ?? null)) stale.push("rank");
  return stale;
}
