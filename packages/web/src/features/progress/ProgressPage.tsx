import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { ChartLine, Plus } from "lucide-react";
import { useToday } from "../../app/context";
import { Button } from "../../components/Button";
import { Card, CardHeader, Stat } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, Skeleton } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { Streak } from "../../components/Streak";
import { formatNumber } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { MembersOnly } from "../challenges/MembersOnly";
import { calendarDays, type Progress } from "./calendar";
import { PaceCard } from "./PaceCard";
import { StreakCalendar } from "./StreakCalendar";
import { TodayCard, useRoomLeft } from "./TodayCard";
import { TotalsCard } from "./TotalsCard";
import { useComparison } from "./useComparison";

export function ProgressPage() {
  usePageTitle("Progress");
  return (
    <MembersOnly>
      <PageHeader title="My progress" />
      <OwnProgress />
    </MembersOnly>
  );
}

function OwnProgress() {
  const { challengeId, startsOn, endsOn } = useChallenge();
  const today = useToday();
  const progress = useQuery(api.queries.progress.mine, { challengeId, today });
  const comparison = useComparison(progress?.totalPoints);
  const room = useRoomLeft(today);
  if (progress === undefined) return <ProgressSkeleton />;
  if (progress.days.length === 0)
    return <NothingYet hasBegun={today >= startsOn} challengeId={challengeId} />;
  // All at once: what came later would push the rest of the page down.
  if (!comparison.isAsked || room === undefined) return <ProgressSkeleton />;
  const days = calendarDays({ startsOn, endsOn, today }, progress.days);
  return (
    <>
      <Figures progress={progress} rank={comparison.own?.rank ?? null} />
      <TodayCard progress={progress} comparison={comparison} room={room} />
      <PaceCard days={days} spread={comparison.spread} />
      <div className="grid gap-6 lg:grid-cols-2 lg:items-start">
        <Card>
          <CardHeader title="Your days" />
          <StreakCalendar days={days} />
        </Card>
        <TotalsCard progress={progress} />
      </div>
    </>
  );
}

function Figures({ progress, rank }: { progress: Progress; rank: number | null }) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:flex sm:flex-wrap sm:gap-x-14">
      <Stat label="Points">{formatNumber(progress.totalPoints)}</Stat>
      <Stat label="Rank">{rank === null ? "–" : formatNumber(rank)}</Stat>
      <Stat label="Streak">
        <Streak days={progress.currentStreak} />
      </Stat>
      <Stat label="Longest streak">
        <Streak days={progress.longestStreak} />
      </Stat>
    </dl>
  );
}

function NothingYet({
  hasBegun,
  challengeId,
}: {
  hasBegun: boolean;
  challengeId: ReturnType<typeof useChallenge>["challengeId"];
}) {
  return (
    <Card>
      <EmptyState
        icon={ChartLine}
        title={hasBegun ? "Your first points make the first dot" : "It has not begun yet"}
        action={
          hasBegun && (
            <Button asChild>
              <Link to="/c/$challengeId/log" params={{ challengeId }}>
                <Plus aria-hidden />
                Log an activity
              </Link>
            </Button>
          )
        }
      >
        Your points day by day, your streak and what today still needs stand here.
      </EmptyState>
    </Card>
  );
}

function ProgressSkeleton() {
  return (
    <Loading label="Loading your progress">
      <div className="grid gap-6">
        <Skeleton className="h-14 w-72 max-w-full" />
        <Skeleton className="h-28 rounded-card" />
        <Skeleton className="h-80 rounded-card" />
        <div className="grid gap-6 lg:grid-cols-2">
          <Skeleton className="h-96 rounded-card" />
          <Skeleton className="h-96 rounded-card" />
        </div>
      </div>
    </Loading>
  );
}
