import { api } from "@milepost/backend/api";
import { useConvex, useQuery } from "convex/react";
import { useState } from "react";
import { toast } from "sonner";
import { useToday } from "../../app/context";
import { messageOf } from "../../lib/refusals";
import { useSharedArgs } from "../challenges/challengeContext";
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
function useLivePage(after: PageEnd | null | undefined) {
  const shared = useSharedArgs();
  const today = useToday();
  const isWanted = after === null || (after !== undefined && !after.isDone);
  const cursor = after?.continueCursor ?? null;
  const page = useQuery(
    api.queries.leaderboards.page,
    isWanted ? { ...shared, today, cursor, limit: LIVE_PAGE_SIZE } : "skip",
  );
  const held = useHeld(page);
  return isWanted ? held : undefined;
}

export interface Board {
  /** undefined while the first page loads. */
  rows: BoardRow[] | undefined;
  /** How many rows, from the top, change by themselves. */
  liveCount: number;
  hasMore: boolean;
  isLoadingMore: boolean;
  showMore: () => void;
}

/** The total board: up to three live pages, then pages asked once each. */
export function useBoard(): Board {
  const client = useConvex();
  const shared = useSharedArgs();
  const today = useToday();
  const [livePages, setLivePages] = useState(1);
  const [later, setLater] = useState<{ rows: BoardRow[]; end: PageEnd } | null>(null);
  const [isLoadingMore, setIsLoadingMore] = useState(false);

  const first = useLivePage(null);
  const second = useLivePage(livePages >= 2 ? first : undefined);
  const third = useLivePage(livePages >= 3 ? second : undefined);

  const live = [first, second, third].filter((page) => page !== undefined);
  const liveRows = joinPages(live.map(({ page }) => page));
  const end = later?.end ?? live.at(-1);
  const rows = first === undefined ? undefined : joinPages([liveRows, later?.rows ?? []]);

  async function askLaterPage(cursor: string): Promise<void> {
    setIsLoadingMore(true);
    try {
      const args = { ...shared, today, cursor, limit: LATER_PAGE_SIZE };
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
    rows,
    liveCount: liveRows.length,
    hasMore: end !== undefined && !end.isDone,
    isLoadingMore: isLoadingMore || live.length < Math.min(livePages, MAX_LIVE_PAGES),
    showMore,
  };
}
