import { api } from "@milepost/backend/api";
import { Card, CardHeader } from "../../components/Card";
import { cn } from "../../lib/cn";
import { formatCount, formatNumber } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import type { Progress } from "./calendar";
import { PointsPerActivity } from "./PointsPerActivity";
import { pointSources } from "./pointSources";

/** Where the points come from: by category and week, and how often each activity was done. */
export function TotalsCard({ progress }: { progress: Progress }) {
  const { challengeId } = useChallenge();
  const { weeks, types } = progress;
  const sources = pointSources(progress);
  const byNumber = weeks.toSorted((a, b) => Number(a.key) - Number(b.key));
  return (
    <Card>
      <CardHeader title="Where your points come from" />
      <div className="grid gap-6">
        <Bars label="By kind" rows={sources} />
        <Bars
          label="By week, without the streak bonus"
          rows={byNumber.map((row) => ({ ...row, key: `Week ${row.key}` }))}
        />
        <div>
          <h3 className="mb-2 text-sm font-bold">By activity</h3>
          <ul className="flex flex-wrap gap-2">
            {types
              .toSorted((a, b) => b.count - a.count)
              .map(({ activityTypeId, name, count }) => (
                <li key={activityTypeId} className="rounded-full bg-sunken px-3 py-1 text-sm">
                  {name}{" "}
                  <span className="font-bold tabular-nums">{formatCount(count, "time")}</span>
                </li>
              ))}
          </ul>
        </div>
        <PointsPerActivity
          totalPoints={progress.totalPoints}
          ask={(client) => client.query(api.queries.progress.sources, { challengeId })}
        />
      </div>
    </Card>
  );
}

function Bars({
  label,
  rows,
}: {
  label: string;
  rows: ReadonlyArray<{ key: string; points: number }>;
}) {
  const most = Math.max(1, ...rows.map(({ points }) => Math.abs(points)));
  return (
    <div>
      <h3 className="mb-2 text-sm font-bold">{label}</h3>
      <dl className="grid gap-2 text-sm">
        {rows.map(({ key, points }) => (
          <div key={key} className="grid grid-cols-[7rem_minmax(0,1fr)_auto] items-center gap-3">
            <dt className="truncate text-ink-soft">{key}</dt>
            <dd className="contents">
              <span className="h-2.5 rounded-full bg-sunken" aria-hidden>
                <span
                  className={cn(
                    "block h-full rounded-full",
                    points < 0 ? "bg-danger" : "bg-accent",
                  )}
                  style={{ width: `${(100 * Math.abs(points)) / most}%` }}
                />
              </span>
              <span className="min-w-12 text-right font-semibold tabular-nums">
                {formatNumber(points)}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
