import { api } from "@milepost/backend/api";
import { useConvex, useQuery } from "convex/react";
import { useMemo, useState } from "react";
import { toast } from "sonner";
import { useToday } from "../../app/context";
import { messageOf } from "../../lib/refusals";
import { useSharedArgs } from "../challenges/challengeContext";
import type { BoardArgs } from "./boardChoice";
import { joinPages, type BoardRow } from "./boardRows";

const LIVE_PAGE_SIZE = 25;
const LATER_PAGE_SIZE = 50;
/** A viewer subscribes to this many pages at most; what comes after them is asked once. */
const MAX_LIVE_PAGES = 3;

interface PageEnd {
  continueCursor: string;
  isDone: boolean;
}

/** The last known value while a new one is on its way. */
function useHeld<T>(value: T | undefined): T | undefined {
  const [held, setHeld] = useState(value);
  if (value !== undefined && value !== held) setHeld(value);
  return value ?? held;
}

/** One live page that starts behind `after`; `after` null = the first page, undefined = not wanted. */
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
  return isWanted ? held : undefined;
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
  const client = useConvex();
  const shared = useSharedArgs();
  const today = useToday();
  const [livePages, setLivePages] = useState(1);
  const [later, setLater] = useState<{ rows: BoardRow[]; end: PageEnd } | null>(null);
  const [isLoadingMore, setIsLoadingMore] = useState(false);

  const first = useLivePage(board, null);
  const second = useLivePage(board, livePages >= 2 ? first : undefined);
  const third = useLivePage(board, livePages >= 3 ? second : undefined);

  const live = [first, second, third].filter((page) => page !== undefined);
  const end = later?.end ?? live.at(-1);
  const liveRows = useMemo(
    () => joinPages([first?.page ?? [], second?.page ?? [], third?.page ?? []]),
    [first, second, third],
  );
  const rows = useMemo(() => joinPages([liveRows, later?.rows ?? []]), [liveRows, later]);

  async function askLaterPage(cursor: string): Promise<void> {
    setIsLoadingMore(true);
    try {
      const args = { ...shared, ...board, today, cursor, limit: LATER_PAGE_SIZE };
      const { page, ...pageEnd } = await client.query(api.queries.leaderboards.page, args);
      setLater((before) => ({ rows: [...(before?.rows ?? []), ...page], end: pageEnd }));
    } catch (error) {
      toast.error(messageOf(error));
    } finally {
      setIsLoadingMore(false);
    }
  }

  function showMore(): void {
    if (livePages < MAX_LIVE_PAGES) setLivePages(livePages + 1);
    else if (end !== undefined) void askLaterPage(end.continueCursor);
  }

  return {
    rows: first === undefined ? undefined : rows,
    liveCount: liveRows.length,
    hasMore: end !== undefined && !end.isDone,
    isLoadingMore: isLoadingMore || live.length < Math.min(livePages, MAX_LIVE_PAGES),
    showMore,
  };
}
