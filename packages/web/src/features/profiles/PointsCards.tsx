import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useQuery } from "convex/react";
import { Lock } from "lucide-react";
import { useToday } from "../../app/context";
import { Card, CardHeader } from "../../components/Card";
import { Loading, Skeleton } from "../../components/Skeleton";
import { Notice } from "../../components/States";
import { formatDay, formatNumber } from "../../lib/format";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { PointsPerActivity } from "../progress/PointsPerActivity";
import { dayBars } from "./barShares";
import { PointBars } from "./PointBars";

const TITLE = "Points per day";

interface PointsCardsProps {
  userId: Id<"users">;
  totalPoints: number;
}

/** When and with what a participant earned their points. */
export function PointsCards({ userId, totalPoints }: PointsCardsProps) {
  const whose = { ...useSharedArgs(), userId };
  const shown = useQuery(api.queries.profiles.points, whose);
  if (shown === undefined)
    return (
      <Loading label="Loading the points">
        <Skeleton className="h-60 rounded-card" />
      </Loading>
    );
  if (shown === null)
    return (
      <Card>
        <CardHeader title={TITLE} />
        <Notice icon={Lock}>
          When and with what these points were earned is private: some activities come from Strava,
          and a day or a category could tell what a single one earned.
        </Notice>
      </Card>
    );
  return (
    <>
      <TimeCard days={shown.days} />
      {shown.categories.length > 0 && <CategoryCard categories={shown.categories} />}
      {shown.weeks.length > 0 && (
        <Card>
          <CardHeader title="What the points come from" />
          <PointsPerActivity
            totalPoints={totalPoints}
            ask={(client) => client.query(api.queries.profiles.sources, whose)}
          />
        </Card>
      )}
    </>
  );
}

function TimeCard({ days }: { days: Array<{ day: string; points: number }> }) {
  const { startsOn, endsOn } = useChallenge();
  const today = useToday();
  const to = today < endsOn ? today : endsOn;
  if (to < startsOn) return null;
  const bars = dayBars(days, { from: startsOn, to });
  return (
    <Card>
      <CardHeader title={TITLE} />
      <PointBars bars={bars} label={TITLE} />
      <p aria-hidden className="mt-2 flex justify-between text-xs text-ink-soft">
        <span>{formatDay(bars[0]?.key ?? to, "short")}</span>
        <span>{formatDay(to, "short")}</span>
      </p>
    </Card>
  );
}

function CategoryCard({ categories }: { categories: Array<{ category: string; points: number }> }) {
  const sorted = categories.toSorted((one, other) => other.points - one.points);
  const highest = Math.max(1, ...sorted.map(({ points }) => points));
  return (
    <Card>
      <CardHeader title="By category" />
      <dl className="grid gap-3">
        {sorted.map(({ category, points }) => (
          <div key={category} className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
            <dt className="font-semibold">{category}</dt>
            <dd className="font-bold tabular-nums">{formatNumber(points)}</dd>
            <dd aria-hidden className="col-span-2 h-2 overflow-hidden rounded-full bg-sunken">
              <span
                className="block h-full rounded-full bg-accent"
                style={{ width: `${(100 * Math.max(0, points)) / highest}%` }}
              />
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
