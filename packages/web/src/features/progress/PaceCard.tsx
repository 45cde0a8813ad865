import { lazy, Suspense } from "react";
import { Card, CardHeader } from "../../components/Card";
import { ColumnHead } from "../../components/ColumnHead";
import { Loading, Skeleton } from "../../components/Skeleton";
import { useToday } from "../../app/context";
import { formatDay, formatNumber } from "../../lib/format";
import type { CalendarDay } from "./calendar";
import { paceOf, paceRows, type PacePoint } from "./pace";
import type { Comparison } from "./useComparison";

// The chart library is larger than the rest of the page, which does not wait for it.
const PaceChart = lazy(async () => ({ default: (await import("./PaceChart")).PaceChart }));

interface PaceCardProps {
  days: readonly CalendarDay[];
  spread: Comparison["spread"];
}

/** Own points over the days, beside the middle and the top of the board; as a chart and as a table. */
export function PaceCard({ days, spread }: PaceCardProps) {
  const points = paceOf(days, { today: useToday(), spread });
  const last = points.at(-1);
  if (last === undefined) return null;
  return (
    <Card>
      <CardHeader title="Your points so far" />
      <ul className="mb-3 flex flex-wrap gap-x-6 gap-y-1.5 text-sm">
        <LegendItem dash="" color="var(--color-accent)" label="You" value={last.own} />
        <LegendItem
          dash="6 4"
          color="var(--color-ink-soft)"
          label="Middle of the board"
          value={last.median}
        />
        <LegendItem dash="2 4" color="var(--color-flame)" label="Leader" value={last.leader} />
      </ul>
      <Suspense
        fallback={
          <Loading label="Loading the chart">
            <Skeleton className="h-64" />
          </Loading>
        }
      >
        <PaceChart points={points} />
      </Suspense>
      <p className="mt-2 text-sm text-ink-soft">
        The dashed lines are what the others have today, spread evenly over the days so far.
      </p>
      <PaceTable points={points} />
    </Card>
  );
}

interface LegendItemProps {
  color: string;
  dash: string;
  label: string;
  value: number | null;
}

function LegendItem({ color, dash, label, value }: LegendItemProps) {
  if (value === null) return null;
  return (
    <li className="flex items-center gap-2">
      <svg width="24" height="8" aria-hidden>
        <line
          x1="1"
          x2="23"
          y1="4"
          y2="4"
          stroke={color}
          strokeWidth="3"
          strokeDasharray={dash}
          strokeLinecap="round"
        />
      </svg>
      <span className="text-ink-soft">{label}</span>
      <span className="font-bold tabular-nums">{formatNumber(Math.round(value))}</span>
    </li>
  );
}

function PaceTable({ points }: { points: readonly PacePoint[] }) {
  return (
    <details className="mt-3">
      <summary className="inline-flex min-h-9 items-center rounded text-sm font-semibold text-accent-ink">
        Show as a table
      </summary>
      <div className="mt-2 overflow-x-auto">
        <table className="w-full text-sm tabular-nums">
          <thead className="text-left text-ink-soft">
            <tr>
              <ColumnHead>Up to</ColumnHead>
              <ColumnHead isNumber>You</ColumnHead>
              <ColumnHead isNumber>Middle</ColumnHead>
              <ColumnHead isNumber>Leader</ColumnHead>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {paceRows(points).map(({ day, own, median, leader }) => (
              <tr key={day}>
                <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                  {formatDay(day, "short")}
                </th>
                {[own, median, leader].map((value, index) => (
                  <td key={index} className="py-1.5 pr-3 text-right last:pr-0">
                    {value === null ? "–" : formatNumber(Math.round(value))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
