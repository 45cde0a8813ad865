import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { useToday } from "../../app/context";
import { formatNumber, formatSigned } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { daySum } from "./historyRows";

/** What one of the viewer's own days comes to, and the points of the challenge up to it. */
export function DaySum({ day }: { day: string }) {
  const { challengeId } = useChallenge();
  const progress = useQuery(api.queries.progress.mine, { challengeId, today: useToday() });
  const sum = progress === undefined ? null : daySum(progress.days, day);
  if (sum === null) return null;
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-x-4 border-t border-line py-2.5 text-sm tabular-nums">
      {sum.streakBonusPoints !== 0 && (
        <>
          <dt className="text-ink-soft">Streak bonus, day {formatNumber(sum.streak)}</dt>
          <dd className="text-right">{formatSigned(sum.streakBonusPoints)}</dd>
        </>
      )}
      <dt className="text-ink-soft">
        The day <span className="sr-only">together</span>
      </dt>
      <dd className="text-right font-semibold">{formatSigned(sum.points)}</dd>
      <dt className="text-ink-soft">Points up to this day</dt>
      <dd className="text-right font-semibold">{formatNumber(sum.upTo)}</dd>
    </dl>
  );
}
