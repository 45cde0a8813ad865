import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import { isDay } from "./dates";

/** A page's size; refuses INVALID_INPUT unless it is a whole number from 1 to `max`. */
export function checkPageSize(path: string, size: number, max: number): Checked<number> {
  const fits = Number.isInteger(size) && size >= 1 && size <= max;
  return fits ? accept(size) : invalid(path, `must be a whole number from 1 to ${max}`);
}

/** A live page that has grown reads at most so many times the rows of the largest page. */
const MOST_GROWTH = 5;

/** What `usePaginatedQuery` sends: a page's size and cursor, and its end once it was shown. */
export interface Paging {
  numItems: number;
  cursor: string | null;
  endCursor?: string | null;
}

/**
 * A page of a list as `.paginate` takes it, at most `max` rows, or those up to where a live page ended before. Refuses
 * INVALID_INPUT for other sizes. A damaged cursor is left to `.paginate`: its InvalidCursor error is what makes
 * `usePaginatedQuery` start again.
 */
export function checkPaging(
  { numItems, cursor, endCursor }: Paging,
  max: number,
): Checked<Paging & { maximumRowsRead: number }> {
  const size = checkPageSize("paginationOpts.numItems", numItems, max);
  if (!size.ok) return size;
  return accept({ numItems, cursor, endCursor, maximumRowsRead: MOST_GROWTH * max });
}

/** The caller's calendar day, where it was sent; refuses INVALID_INPUT for anything that is no day. */
export function checkToday(today: string | undefined): Checked<null> {
  if (today === undefined || isDay(today)) return accept(null);
  return invalid("today", "must be a calendar day YYYY-MM-DD");
}
