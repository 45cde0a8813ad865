import { api } from "@milepost/backend/api";
import { useConvex } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useEffect, useRef, useState } from "react";
import { useToday, useViewer } from "../../app/context";
import { useSharedArgs } from "../challenges/challengeContext";

type Row = FunctionReturnType<typeof api.queries.leaderboards.around>["rows"][number];

/** How the others stand. */
export interface Comparison {
  /** It was asked, whether or not there was an answer. */
  isAsked: boolean;
  spread: FunctionReturnType<typeof api.queries.progress.spread> | null;
  /** The viewer's own place; null while unknown, and for somebody who is on no board by their own wish. */
  own: Row | null;
  /** Who is right above; null for whoever leads. */
  above: Row | null;
}

const UNKNOWN: Comparison = { isAsked: false, spread: null, own: null, above: null };
/** Ranks follow the points by about a second. */
const LAG_MS = 1500;

/**
 * How the viewer stands among the others: asked when the page opens and again when their own total changes, because a
 * subscription would run with every activity of everybody.
 *
 * @param totalPoints of the viewer; undefined while that is loading, and nothing is asked
 */
export function useComparison(totalPoints: number | undefined): Comparison {
  const client = useConvex();
  const { challengeId, viewKey } = useSharedArgs();
  const today = useToday();
  const userId = useViewer()?.userId ?? "";
  const [comparison, setComparison] = useState(UNKNOWN);
  const hasAsked = useRef(false);

  useEffect(() => {
    if (totalPoints === undefined) return;
    let isCurrent = true;
    const shared = viewKey === undefined ? { challengeId } : { challengeId, viewKey };
    async function ask(): Promise<void> {
      try {
        const [spread, { rows }] = await Promise.all([
          client.query(api.queries.progress.spread, shared),
          client.query(api.queries.leaderboards.around, { ...shared, today, count: 1 }),
        ]);
        if (isCurrent) setComparison({ isAsked: true, spread, ...placesOf(rows, userId) });
      } catch {
        // What is the viewer's own stands without it; it is asked again with the next change.
        if (isCurrent) setComparison((known) => ({ ...known, isAsked: true }));
      }
    }
    const timer = setTimeout(() => void ask(), hasAsked.current ? LAG_MS : 0);
    hasAsked.current = true;
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, challengeId, viewKey, today, userId, totalPoints]);

  return comparison;
}

/** `around` answers the row above, one's own and the row below, as far as they are there. */
function placesOf(rows: readonly Row[], userId: string): Pick<Comparison, "own" | "above"> {
  const index = rows.findIndex((row) => row.userId === userId);
  return { own: rows[index] ?? null, above: rows[index - 1] ?? null };
}
