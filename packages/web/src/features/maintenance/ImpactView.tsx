import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { Stat } from "../../components/Card";
import { Loading, Skeleton } from "../../components/Skeleton";
import { formatCount, formatNumber, formatSigned } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";

/** What a rescore changes, or would: people, activities, points, and whose points change most. */
export function ImpactView({ jobId, isDryRun }: { jobId: Id<"jobs">; isDryRun: boolean }) {
  const { challengeId } = useChallenge();
  const impact = useQuery(api.queries.maintenance.impact, { challengeId, jobId });
  if (impact === undefined) {
    return (
      <Loading label="Loading what changes">
        <Skeleton className="h-16" />
      </Loading>
    );
  }
  const { status, people, activities, points, skipped, largest } = impact;
  if (status === "completed" && people === 0 && skipped === 0) {
    return (
      <p className="font-semibold">
        Nothing changes: every activity has the points of the rules of now.
      </p>
    );
  }
  return (
    <section className="grid gap-4" aria-label={isDryRun ? "What would change" : "What changed"}>
      <dl className="grid grid-cols-3 gap-4">
        <Stat label="People">{formatNumber(people)}</Stat>
        <Stat label="Activities">{formatNumber(activities)}</Stat>
        <Stat label="Points">{formatSigned(points)}</Stat>
      </dl>
      {skipped > 0 && (
        <p className="text-sm text-ink-soft">
          {formatCount(skipped, "activity", "activities")} cannot be scored by the rules of now and
          keep their points.
        </p>
      )}
      {largest.length > 0 && (
        <div>
          <h3 className="mb-1 font-semibold">Largest changes</h3>
          <ul className="divide-y divide-line">
            {largest.map((share) => (
              <li key={share.userId} className="flex items-center gap-3 py-2">
                <Link
                  to="/c/$challengeId/people/$userId"
                  params={{ challengeId, userId: share.userId }}
                  className="min-h-6 min-w-0 flex-1 font-semibold underline-offset-4 hover:underline"
                >
                  {share.displayName}
                </Link>
                <span className="text-sm text-ink-soft">
                  {formatCount(share.activities, "activity", "activities")}
                </span>
                <span className="w-16 text-right font-bold tabular-nums">
                  {formatSigned(share.points)}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
