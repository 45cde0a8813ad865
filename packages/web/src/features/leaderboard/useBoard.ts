import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { useMemo, useState } from "react";
import { useToday } from "../../app/context";
import { useSharedArgs } from "../challenges/challengeContext";
import type { BoardArgs } from "./boardChoice";
import { joinPages, keepFallen, type BoardRow } from "./boardRows";
import { useLaterRows, type PageEnd } from "./useLaterRows";

const LIVE_PAGE_SIZE = 25;
/** A viewer subscribes to this many pages at most; what comes after them is asked once. */
const MAX_LIVE_PAGES = 3;

/** The last known value while a new one is on its way. */
function useHeld<T>(value: T | undefined): T | undefined {
  const [held, setHeld] = useState(value);
  if (value !== undefined && value !== held) setHeld(value);
  return value ?? held;
}

/**
 * One live page that starts behind `after`; `after` null = the first page, undefined = not wanted. While it is on its way
 * from a new start, it is the page from the former one.
 */
function useLivePage(board: BoardArgs, after: PageEnd | null | undefined) {
  const shared = useSharedArgs();
  const today = useToday();
  const isWanted = after === null || (after !== undefined && !after.isDone);
  const cursor = after?.continueCursor ?? null;
  const page = useQuery(
    api.queries.leaderboards.page,
    isWanted ? { ...shared, ...board, today, cursor, limit: LIVE_PAGE_SIZE } : "skip",
  );
  const held = useHeld(page);
  return { page: isWanted ? held : undefined, isCurrent: !isWanted || page !== undefined };
}

/** The rows of pages that follow one another; the same list as long as the pages are the same. */
function useJoined([first, second, third]: Array<{ page: BoardRow[] } | undefined>): BoardRow[] {
  return useMemo(
    () => joinPages([first, second, third].map((one) => one?.page ?? [])),
    [first, second, third],
  );
}

export interface Board {
  /** undefined while the first page loads; other rows whenever something changes. */
  rows: BoardRow[] | undefined;
  /** How many rows, from the top, change by themselves. */
  liveCount: number;
  hasMore: boolean;
  isLoadingMore: boolean;
  showMore: () => void;
}

/** A board: up to three live pages, then pages asked once each. The component stays with one board. */
export function useBoard(board: BoardArgs): Board {
  const [livePages, setLivePages] = useState(1);

  const first = useLivePage(board, null);
  const second = useLivePage(board, livePages >= 2 ? first.page : undefined);
  const third = useLivePage(board, livePages >= 3 ? second.page : undefined);

  const pages = [first.page, second.page, third.page];
  const live = pages.filter((page) => page !== undefined);
  const later = useLaterRows(board, third.page);
  const end = later.end ?? live.at(-1);
  const known = useJoined(pages);
  const whole = useHeld(second.isCurrent && third.isCurrent ? known : undefined);
  const liveRows = useMemo(() => keepFallen(known, whole ?? []), [known, whole]);
  const rows = useMemo(() => joinPages([liveRows, later.rows ?? []]), [liveRows, later.rows]);

  function showMore(): void {
    if (livePages < MAX_LIVE_PAGES) setLivePages(livePages + 1);
    else later.askMore();
  }

  return {
    rows: first.page === undefined ? undefined : rows,
    liveCount: liveRows.length,
    hasMore: end !== undefined && !end.isDone,
    isLoadingMore: later.isLoading || live.length < Math.min(livePages, MAX_LIVE_PAGES),
    showMore,
  };
}
