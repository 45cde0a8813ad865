import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Award } from "lucide-react";
import { useToday } from "../../app/context";
import { Card, CardHeader, Stat } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, Skeleton, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatNumber } from "../../lib/format";
import { isMember, isOrganiser, useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { GamesCard } from "../games/GamesCard";
import { AchievementItem } from "./AchievementItem";
import { pointsOf, type Achievement, type NameOf, type OwnProgress } from "./awardWords";
import { sortedAchievements } from "./awardOrder";
import { NewLink } from "./NewLink";
import { useTypeNames } from "./useTypeNames";

/** What can be earned beside the points of activities: achievements and mini-games. */
export function AwardsPage() {
  usePageTitle("Awards");
  return (
    <>
      <PageHeader title="Awards">Extra points for what you reach, and games to play.</PageHeader>
      <Achievements />
      <GamesCard />
    </>
  );
}

function Achievements() {
  const challenge = useChallenge();
  const today = useToday();
  const achievements = useQuery(api.queries.achievements.list, useSharedArgs());
  const args = isMember(challenge) ? { challengeId: challenge.challengeId, today } : "skip";
  const mine = useQuery(api.queries.achievements.mine, args);
  const nameOf = useTypeNames();
  const isLoading = achievements === undefined || nameOf === undefined;
  if (isLoading || (args !== "skip" && mine === undefined)) return <AwardsSkeleton />;
  const shown = sortedAchievements(achievements, mine ?? []);
  return (
    <>
      {mine !== undefined && shown.length > 0 && <Sums mine={mine} />}
      {shown.length === 0 ? (
        <NoAchievements />
      ) : (
        <AchievementList achievements={shown} mine={mine} nameOf={nameOf} />
      )}
    </>
  );
}

interface AchievementListProps {
  achievements: Achievement[];
  mine: OwnProgress[] | undefined;
  nameOf: NameOf;
}

function AchievementList({ achievements, mine, nameOf }: AchievementListProps) {
  return (
    <Card className="pb-2 sm:pb-2">
      <div className="[&>div]:mb-0">
        <CardHeader title="Achievements" />
      </div>
      <ul className="divide-y divide-line">
        {achievements.map((achievement) => (
          <AchievementItem
            key={achievement.achievementId}
            achievement={achievement}
            own={
              mine?.find(({ achievementId }) => achievementId === achievement.achievementId) ?? null
            }
            nameOf={nameOf}
          />
        ))}
      </ul>
    </Card>
  );
}

function Sums({ mine }: { mine: OwnProgress[] }) {
  const awards = mine.flatMap((own) => own.awards);
  const reached = mine.filter((own) => own.awards.length > 0).length;
  const offered = mine.filter((own) => !own.isArchived || own.awards.length > 0).length;
  return (
    <dl className="grid grid-cols-3 gap-3 rounded-card bg-flame-soft p-5 sm:gap-5 sm:p-6 [&_dt]:text-flame-ink">
      <Stat label="Awards earned">{formatNumber(awards.length)}</Stat>
      <Stat label="Points from them">{formatNumber(pointsOf(awards))}</Stat>
      <Stat label="Different ones">
        {formatNumber(reached)} of {formatNumber(offered)}
      </Stat>
    </dl>
  );
}

function NoAchievements() {
  const challenge = useChallenge();
  const canMake = isOrganiser(challenge);
  return (
    <Card>
      <EmptyState
        icon={Award}
        title="No achievements yet"
        action={canMake ? <NewLink to="achievements">Add an achievement</NewLink> : undefined}
      >
        {canMake
          ? "Reward what you want to see: a first 10 km, three sports in a week, 100 km altogether."
          : "When the organisers add some, they count what you did before as well."}
      </EmptyState>
    </Card>
  );
}

function AwardsSkeleton() {
  return (
    <Loading label="Loading the achievements">
      <div className="grid gap-6">
        <Skeleton className="h-24 rounded-card" />
        <SkeletonRows count={4} className="h-28" />
      </div>
    </Loading>
  );
}
