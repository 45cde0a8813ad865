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
import { presentWeek } from "../leaderboard/boardChoice";
import { PointsPerActivity } from "../progress/PointsPerActivity";
import { dayBars, weekBars } from "./barShares";
import { PointBars } from "./PointBars";

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
  return (
    <>
      <TimeCard weeks={shown.weeks} days={shown.days} />
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

interface TimeCardProps {
  weeks: Array<{ week: number; points: number }>;
  /** null = private. */
  days: Array<{ day: string; points: number }> | null;
}

function TimeCard({ weeks, days }: TimeCardProps) {
  const challenge = useChallenge();
  const today = useToday();
  const { startsOn, endsOn } = challenge;
  const to = today < endsOn ? today : endsOn;
  if (to < startsOn) return null;
  const title = days === null ? "Points per week" : "Points per day";
  const bars =
    days === null
      ? weekBars(weeks, presentWeek(challenge, today))
      : dayBars(days, { from: startsOn, to });
  const first = bars[0];
  return (
    <Card>
      <CardHeader title={title} />
      <PointBars bars={bars} label={title} />
      <p aria-hidden className="mt-2 flex justify-between text-xs text-ink-soft">
        <span>{days === null ? "Week 1" : formatDay(first?.key ?? to, "short")}</span>
        <span>{days === null ? `Week ${bars.length}` : formatDay(to, "short")}</span>
      </p>
      {days === null && (
        <div className="mt-4">
          <Notice icon={Lock}>
            Points per day are private: some activities come from Strava, and a day could tell what
            a single one earned.
          </Notice>
        </div>
      )}
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
