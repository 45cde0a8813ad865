import { TriangleAlert } from "lucide-react";
import { ProgressBar } from "../../../components/ProgressBar";
import { Skeleton } from "../../../components/Skeleton";
import { Notice } from "../../../components/States";
import { formatCount, formatPoints, formatSigned } from "../../../lib/format";
import type { Impact, ImpactPreview } from "./useImpact";

/** What the new rule would do to what was logged already: how many people and activities, and who most. */
export function ImpactPanel({ preview: { impact, job, problem } }: { preview: ImpactPreview }) {
  if (problem !== null) {
    return (
      <Notice tone="warning" icon={TriangleAlert} role="alert">
        {problem}
      </Notice>
    );
  }
  const isDone = impact?.status === "completed";
  return (
    <section aria-label="Effect on past activities" aria-busy={!isDone} className="grid gap-3">
      {isDone ? (
        <ImpactWords impact={impact} />
      ) : (
        <>
          <p className="text-sm text-ink-soft">Working out what changes…</p>
          {job?.total === null || job === undefined ? (
            <Skeleton className="h-2" />
          ) : (
            <ProgressBar label="Looked at" value={job.processed} max={job.total} />
          )}
        </>
      )}
    </section>
  );
}

function ImpactWords({ impact }: { impact: Impact }) {
  if (impact.activities === 0 && impact.points === 0) {
    return <p className="font-semibold">Nothing that was logged so far would change.</p>;
  }
  return (
    <>
      <p>
        <strong>{formatCount(impact.activities, "activity", "activities")}</strong> of{" "}
        <strong>{formatCount(impact.people, "person", "people")}</strong> would change,{" "}
        <strong>{formatSigned(impact.points)}</strong> points altogether.
        {impact.skipped > 0 &&
          ` ${formatCount(impact.skipped, "activity", "activities")} cannot be counted again.`}
      </p>
      {impact.largest.length > 0 && (
        <>
          <h3 className="text-sm font-semibold">Biggest changes</h3>
          <ul className="grid max-h-52 gap-1 overflow-y-auto text-sm">
            {impact.largest.map(({ userId, displayName, activities, points }) => (
              <li key={userId} className="flex justify-between gap-4">
                <span className="min-w-0">
                  {displayName}
                  <span className="text-ink-soft">
                    {" "}
                    · {formatCount(activities, "activity", "activities")}
                  </span>
                </span>
                <span
                  className="font-semibold whitespace-nowrap tabular-nums"
                  aria-label={formatPoints(points)}
                >
                  {formatSigned(points)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
