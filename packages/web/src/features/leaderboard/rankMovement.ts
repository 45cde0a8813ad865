import type { BoardRow } from "./boardRows";
import type { Look } from "./lastLook";

/** What a rank is compared with. */
export type Basis = "yesterday" | "lastLook";

/** The words for what a rank is compared with, after "since". */
export const BASIS_WORDS: Record<Basis, string> = {
  yesterday: "yesterday",
  lastLook: "you last looked",
};

/**
 * How many ranks somebody rose (negative: fell) since then.
 *
 * @returns undefined when their rank of then is not known
 */
export function movementOf(
  row: Pick<BoardRow, "rank" | "userId" | "rankYesterday">,
  basis: Basis,
  look: Look | null,
): number | undefined {
  const before = basis === "yesterday" ? row.rankYesterday : look?.ranks[row.userId];
  return before === undefined ? undefined : before - row.rank;
}

/** What these rows can be compared with. */
export function knownBases(
  rows: ReadonlyArray<Pick<BoardRow, "rankYesterday">>,
  look: Look | null,
): Basis[] {
  const hasYesterday = rows.some(({ rankYesterday }) => rankYesterday !== undefined);
  return [...(hasYesterday ? ["yesterday" as const] : []), ...(look ? ["lastLook" as const] : [])];
}

/** A movement in words: "up 2 since yesterday". */
export function movementWords(change: number, basis: Basis): string {
  const since = `since ${BASIS_WORDS[basis]}`;
  if (change === 0) return `same rank ${since}`;
  return `${change > 0 ? "up" : "down"} ${Math.abs(change)} ${since}`;
}
