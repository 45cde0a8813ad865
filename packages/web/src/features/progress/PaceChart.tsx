import {
  Area,
  ComposedChart,
  CartesianGrid,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatDay, formatNumber } from "../../lib/format";
import type { PacePoint } from "./pace";

const AXIS = { fill: "var(--color-ink-soft)", fontSize: 12 };
const OTHERS = { dot: false, strokeWidth: 2, isAnimationActive: false } as const;

/** The chart of own points over time. It is a picture: the table below it says the same. */
export function PaceChart({ points }: { points: readonly PacePoint[] }) {
  return (
    <div className="h-64 w-full sm:h-72" aria-hidden>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart
          data={[...points]}
          accessibilityLayer={false}
          margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
        >
          <CartesianGrid stroke="var(--color-line)" vertical={false} />
          <XAxis
            dataKey="day"
            tickFormatter={(day: string) => formatDay(day, "short")}
            tick={AXIS}
            tickLine={false}
            axisLine={{ stroke: "var(--color-line)" }}
            minTickGap={28}
          />
          <YAxis
            tickFormatter={(value: number) => formatNumber(value)}
            tick={AXIS}
            tickLine={false}
            axisLine={false}
            width={46}
          />
          <Tooltip
            content={({ payload }) => <Tip point={payload[0]?.payload} />}
            cursor={{ stroke: "var(--color-line-strong)" }}
          />
          <Line dataKey="leader" stroke="var(--color-flame)" strokeDasharray="2 4" {...OTHERS} />
          <Line dataKey="median" stroke="var(--color-ink-soft)" strokeDasharray="6 4" {...OTHERS} />
          <Area
            dataKey="own"
            stroke="var(--color-accent)"
            strokeWidth={3}
            fill="var(--color-accent)"
            fillOpacity={0.12}
            isAnimationActive={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

function Tip({ point }: { point: PacePoint | undefined }) {
  if (point === undefined) return null;
  const lines = [
    ["You", point.own],
    ["Middle", point.median],
    ["Leader", point.leader],
  ] as const;
  return (
    <div className="rounded-xl border border-line bg-surface px-3 py-2 text-sm shadow-float">
      <p className="mb-1 font-bold">{formatDay(point.day, "short")}</p>
      {lines.map(([name, value]) =>
        value === null ? null : (
          <p key={name} className="flex justify-between gap-6 tabular-nums">
            <span className="text-ink-soft">{name}</span>
            <span className="font-semibold">{formatNumber(Math.round(value))}</span>
          </p>
        ),
      )}
    </div>
  );
}
