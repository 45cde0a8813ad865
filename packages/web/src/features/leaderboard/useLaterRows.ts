import { api } from "@milepost/backend/api";
import { useConvex } from "convex/react";
import { useEffect, useEffectEvent, useState } from "react";
import { useToday } from "../../app/context";
import { useDo } from "../../lib/useDo";
import { useSharedArgs } from "../challenges/challengeContext";
import type { BoardArgs } from "./boardChoice";
import { joinPages, type BoardRow } from "./boardRows";

const PAGE_SIZE = 50;
/** The rows below the live ones are asked anew at most once in so many milliseconds. */
const CATCH_UP_MS = 3000;

/** Where a page of a board ends. */
export interface PageEnd {
  continueCursor: string;
  isDone: boolean;
}

interface Later {
  rows: BoardRow[];
  end: PageEnd;
  /** The end of the live rows that these were last joined to. */
  joinedTo: string;
}

/**
 * The rows below the live ones, asked once each. When the live rows end elsewhere, because somebody climbed among them
 * or fell out of them, the first of these are asked anew: nobody gets lost in between.
 *
 * @param liveEnd where the live rows end; undefined while that is not known
 */
export function useLaterRows(board: BoardArgs, liveEnd: PageEnd | undefined) {
  const client = useConvex();
  const shared = useSharedArgs();
  const today = useToday();
  const [later, setLater] = useState<Later | null>(null);
  const { isPending, run } = useDo();
  const liveCursor = liveEnd?.continueCursor;

  async function ask(cursor: string) {
    const args = { ...shared, ...board, today, cursor, limit: PAGE_SIZE };
    return await client.query(api.queries.leaderboards.page, args);
  }

  async function askMore(): Promise<void> {
    if (liveCursor === undefined) return;
    const { page, ...end } = await ask(later?.end.continueCursor ?? liveCursor);
    setLater((before) => ({
      rows: [...(before?.rows ?? []), ...page],
      end,
      joinedTo: before?.joinedTo ?? liveCursor,
    }));
  }

  const catchUp = useEffectEvent(async (): Promise<void> => {
    if (liveEnd === undefined) return;
    const joinedTo = liveEnd.continueCursor;
    // The next change asks again, should this fail: the rows that are shown stay.
    const page = liveEnd.isDone
      ? []
      : await ask(joinedTo).then(
          (answer) => answer.page,
          () => [],
        );
    setLater((before) => before && { ...before, rows: joinPages([page, before.rows]), joinedTo });
  });

  const joinedTo = later?.joinedTo;
  const isApart = joinedTo !== undefined && liveCursor !== undefined && joinedTo !== liveCursor;
  useEffect(() => {
    if (!isApart) return;
    const timer = setTimeout(() => void catchUp(), CATCH_UP_MS);
    return () => clearTimeout(timer);
  }, [isApart, joinedTo]);

  return { rows: later?.rows, end: later?.end, isLoading: isPending, askMore: () => run(askMore) };
}
