import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";

export type BoardRow = FunctionReturnType<typeof api.queries.leaderboards.page>["page"][number];

/**
 * The rows of pages that follow one another. While a page catches up with the one before it, a person can be on both;
 * the upper one counts.
 */
export function joinPages(pages: ReadonlyArray<readonly BoardRow[]>): BoardRow[] {
  const byPerson = new Map<string, BoardRow>();
  for (const row of pages.flat()) if (!byPerson.has(row.userId)) byPerson.set(row.userId, row);
  return [...byPerson.values()];
}

/**
 * The rows while a page still begins where the one before it ended earlier: whoever fell out of the upper one in between
 * stays, as they were shown, until the lower one has caught up.
 *
 * @param rows those that are known now, best first
 * @param whole those when all pages last joined
 */
export function keepFallen(
  rows: readonly BoardRow[],
  whole: readonly BoardRow[],
): readonly BoardRow[] {
  const shown = new Set(rows.map(({ userId }) => userId));
  const fallen = whole.filter(({ userId }) => !shown.has(userId));
  if (fallen.length === 0) return rows;
  return [...rows, ...fallen].sort((a, b) => a.rank - b.rank);
}

/** Whether two rows say the same. */
export function isSameRow(one: BoardRow, other: BoardRow): boolean {
  const fields = Object.keys(one) as Array<keyof BoardRow>;
  return (
    fields.length === Object.keys(other).length &&
    fields.every((field) => one[field] === other[field])
  );
}

/** The ranks that more than one of these rows holds. */
export function tiedRanks(rows: ReadonlyArray<Pick<BoardRow, "rank">>): ReadonlySet<number> {
  const seen = new Set<number>();
  const tied = new Set<number>();
  for (const { rank } of rows) (seen.has(rank) ? tied : seen).add(rank);
  return tied;
}

interface Place {
  /** null while it is not known. */
  rank: number | null;
  totalPoints: number;
}

/** What a screen reader hears when the own place changed; empty when there is nothing new to say. */
export function ownNews(before: Place, now: Place): string {
  const hasMoved = before.rank !== null && now.rank !== null && before.rank !== now.rank;
  const points =
    before.totalPoints === now.totalPoints ? [] : [`You have ${now.totalPoints} points.`];
  return [...points, ...(hasMoved ? [`You are now on rank ${now.rank}.`] : [])].join(" ");
}

/**
 * Which item of a list an arrow key moves to, round at its ends; -1 = the field above the list.
 *
 * @param active the present one
 * @returns null when the key does not move
 */
export function nextItem(key: string, active: number, count: number): number | null {
  if (key === "ArrowDown") return active === count - 1 ? -1 : active + 1;
  if (key === "ArrowUp") return active === -1 ? count - 1 : active - 1;
  return null;
}

/** Who stands next above somebody among these rows, and by how many points; null for who leads, or is not among them. */
export function nextAbove(
  rows: readonly BoardRow[],
  userId: string,
): { displayName: string; points: number } | null {
  const own = rows.find((row) => row.userId === userId);
  if (own === undefined) return null;
  const above = rows.findLast(({ rank }) => rank < own.rank);
  if (above === undefined) return null;
  return { displayName: above.displayName, points: above.totalPoints - own.totalPoints };
}
