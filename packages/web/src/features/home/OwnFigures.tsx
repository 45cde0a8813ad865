import { api } from "@milepost/backend/api";
import { useConvex, useQuery } from "convex/react";
import { useEffect, useState } from "react";
import { useToday } from "../../app/context";
import { Streak } from "../../components/Streak";
import { formatNumber } from "../../lib/format";
import type { Challenge } from "../challenges/challengeContext";

/** The viewer's points and streak in one of their challenges, live, and their rank as of now. */
export function OwnFigures({
  challenge,
}: {
  challenge: Pick<Challenge, "challengeId" | "startsOn">;
}) {
  const { challengeId, startsOn } = challenge;
  const today = useToday();
  const hasBegun = today >= startsOn;
  const own = useQuery(api.queries.leaderboards.ownRow, hasBegun ? { challengeId, today } : "skip");
  const rank = useRank(challengeId, own?.isRanked === true ? own.totalPoints : null);
  if (!hasBegun || own === null) return null;
  return (
    <span className="flex min-h-8 items-baseline gap-4">
      {own !== undefined && (
        <>
          <span className="text-2xl font-extrabold tabular-nums">
            {formatNumber(own.totalPoints)}
            <span className="ml-1.5 text-sm font-normal text-ink-soft">points</span>
          </span>
          {rank !== null && (
            <span className="text-sm text-ink-soft">
              Rank <span className="font-bold text-ink tabular-nums">{formatNumber(rank)}</span>
            </span>
          )}
          {own.currentStreak > 0 && (
            <Streak days={own.currentStreak} className="self-center font-semibold" />
          )}
        </>
      )}
    </span>
  );
}

/** The viewer's rank, asked once and again when their points change; null while unknown or without points to rank. */
function useRank(challengeId: Challenge["challengeId"], points: number | null): number | null {
  const client = useConvex();
  const [rank, setRank] = useState<number | null>(null);
  useEffect(() => {
    if (points === null) return;
    let isCurrent = true;
    async function ask(): Promise<void> {
      try {
        const standing = await client.query(api.queries.leaderboards.standing, { challengeId });
        if (isCurrent) setRank(standing.rank);
      } catch {
        // The card does without a rank that cannot be had now.
      }
    }
    void ask();
    return () => {
      isCurrent = false;
    };
  }, [client, challengeId, points]);
  return points === null ? null : rank;
}
