import { api } from "@milepost/backend/api";
import { useConvex, useQuery } from "convex/react";
import { useEffect, useRef, useState } from "react";
import { useToday } from "../../app/context";
import { isMember, useChallenge, useSharedArgs } from "../challenges/challengeContext";

/** Ranks are asked for, not subscribed to, and at most this often. */
const MIN_INTERVAL_MS = 5000;
/** Others move too: while the page is looked at, the rank is asked again now and then. */
const IDLE_INTERVAL_MS = 20_000;

/** The viewer's live totals; null when they take no part, undefined while loading. */
export function useOwnRow() {
  const challenge = useChallenge();
  const today = useToday();
  const args = { challengeId: challenge.challengeId, today };
  const row = useQuery(api.queries.leaderboards.ownRow, isMember(challenge) ? args : "skip");
  return isMember(challenge) ? row : null;
}

/**
 * The viewer's rank, asked again when `trigger` changes, at most every five seconds and only while the page is
 * visible. The rank lags the totals by about a second.
 *
 * @returns null while unknown, or when the viewer is on no board
 */
export function useOwnRank(isWanted: boolean, trigger: unknown): number | null {
  const client = useConvex();
  const { challengeId, viewKey } = useSharedArgs();
  const today = useToday();
  const [rank, setRank] = useState<number | null>(null);
  const lastAskedAt = useRef(0);

  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout>;

    async function ask(): Promise<void> {
      timer = setTimeout(() => void ask(), IDLE_INTERVAL_MS);
      if (document.visibilityState === "hidden") return;
      lastAskedAt.current = Date.now();
      try {
        const shared = viewKey === undefined ? { challengeId } : { challengeId, viewKey };
        const standing = await client.query(api.queries.leaderboards.standing, {
          ...shared,
          today,
        });
        if (isCurrent) setRank(standing.rank);
      } catch {
        // The board itself shows what is wrong; a rank that cannot be had now is asked again later.
      }
    }

    const wait = Math.max(0, lastAskedAt.current + MIN_INTERVAL_MS - Date.now());
    timer = setTimeout(() => void ask(), wait);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, challengeId, viewKey, today, isWanted, trigger]);

  return rank;
}
