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

/** The ranks that more than one of these rows holds. */
export function tiedRanks(rows: readonly BoardRow[]): ReadonlySet<number> {
  const seen = new Set<number>();
  const tied = new Set<number>();
  for (const { rank } of rows) (seen.has(rank) ? tied : seen).add(rank);
  return tied;
}

/** What a screen reader hears when the own position changed; null when there is nothing new to say. */
export function ownNews(
  before: { rank: number | null; totalPoints: number } | null,
  now: { rank: number | null; totalPoints: number },
): string | null {
  if (before === null) return null;
  const points =
    now.totalPoints === before.totalPoints ? "" : `You have ${now.totalPoints} points. `;
  const rank =
    now.rank === before.rank || now.rank === null ? "" : `You are now on rank ${now.rank}.`;
  const news = (points + rank).trim();
  return news === "" ? null : news;
}
