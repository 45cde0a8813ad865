import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useConvex, useQuery } from "convex/react";
import { useEffect, useRef, useState } from "react";
import { useToday } from "../../app/context";
import { messageOf } from "../../lib/refusals";
import { isMember, useChallenge, useSharedArgs } from "../challenges/challengeContext";
import type { BoardArgs } from "./boardChoice";
import type { BoardRow } from "./boardRows";

/** Places are asked for, not subscribed to, and at most this often. */
const MIN_INTERVAL_MS = 5000;
/** Others move too: while the page is looked at, the place is asked again now and then. */
const IDLE_INTERVAL_MS = 20_000;

/** The viewer's live totals on a board; null when they take no part, undefined while loading. */
export function useOwnRow(board: BoardArgs) {
  const challenge = useChallenge();
  const today = useToday();
  const args = { challengeId: challenge.challengeId, ...board, today };
  const row = useQuery(api.queries.leaderboards.ownRow, isMember(challenge) ? args : "skip");
  return isMember(challenge) ? row : null;
}

interface Wish {
  board: BoardArgs;
  /** Whose place; undefined = nobody's is wanted now. */
  userId: Id<"users"> | undefined;
  /** Rows above and below. */
  count: number;
  /** Asks again when it changes. */
  trigger: unknown;
}

interface Around {
  /** undefined while unknown; empty for people who are not on the board. */
  rows: BoardRow[] | undefined;
  /** Why it could not be asked the last time. */
  problem: string | null;
}

/**
 * Somebody's row and its neighbours, asked again when `trigger` changes, at most every five seconds and only while the
 * page is visible. Ranks lag the totals by about a second. The component stays with one board.
 */
export function useAround({ board, userId, count, trigger }: Wish): Around {
  const client = useConvex();
  const { challengeId, viewKey } = useSharedArgs();
  const today = useToday();
  const [known, setKnown] = useState<{ userId: string; rows: BoardRow[] } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const lastAskedAt = useRef(0);
  const { board: kind, key } = { key: undefined, ...board };

  useEffect(() => {
    if (userId === undefined) return;
    let timer: ReturnType<typeof setTimeout>;
    const named = kind === undefined ? {} : { board: kind, key };
    const shared = viewKey === undefined ? { challengeId } : { challengeId, viewKey };
    const args = { ...shared, ...named, userId, count, today };

    async function ask(): Promise<void> {
      timer = setTimeout(() => void ask(), IDLE_INTERVAL_MS);
      if (document.visibilityState === "hidden") return;
      lastAskedAt.current = Date.now();
      try {
        const { rows } = await client.query(api.queries.leaderboards.around, args);
        setKnown({ userId: args.userId, rows });
        setProblem(null);
      } catch (error) {
        // It is asked again later; what is shown meanwhile stays.
        setProblem(messageOf(error));
      }
    }

    const wait = Math.max(0, lastAskedAt.current + MIN_INTERVAL_MS - Date.now());
    timer = setTimeout(() => void ask(), wait);
    return () => clearTimeout(timer);
  }, [client, challengeId, viewKey, today, kind, key, userId, count, trigger]);

  return { rows: known?.userId === userId ? known?.rows : undefined, problem };
}
