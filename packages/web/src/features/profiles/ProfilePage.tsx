import { api } from "@milepost/backend/api";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { FunctionReturnType } from "convex/server";
import { useConvex, useQuery } from "convex/react";
import { ArrowLeft, ListOrdered, ScrollText } from "lucide-react";
import { useEffect, useState } from "react";
import { useToday } from "../../app/context";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card, Stat } from "../../components/Card";
import { usePageTitle } from "../../components/Page";
import { Loading, Skeleton } from "../../components/Skeleton";
import { Streak } from "../../components/Streak";
import { formatCount, formatNumber } from "../../lib/format";
import { isOrganiser, useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { AwardsCard } from "./AwardsCard";
import { PointsCards } from "./PointsCards";
import { RecentCard } from "./RecentCard";

const route = getRouteApi("/c/$challengeId/people/$userId");

/** What everyone in the challenge may see of one participant. */
export function ProfilePage() {
  const { challengeId, userId } = route.useParams();
  const today = useToday();
  const profile = useQuery(api.queries.profiles.get, { ...useSharedArgs(), userId, today });
  const rank = useRank(userId, profile?.totalPoints);
  usePageTitle(profile?.displayName ?? "Participant");
  return (
    <>
      <Link
        to="/c/$challengeId"
        params={{ challengeId }}
        className="inline-flex min-h-9 items-center gap-2 justify-self-start rounded font-semibold text-accent-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        Leaderboard
      </Link>
      {profile === undefined ? (
        <Loading label="Loading the participant">
          <Skeleton className="h-64 rounded-card" />
        </Loading>
      ) : (
        <>
          <PersonCard profile={profile} rank={rank} />
          {typeof rank === "number" && <AwardsCard userId={userId} />}
          <PointsCards userId={userId} totalPoints={profile.totalPoints} />
          <RecentCard userId={userId} />
        </>
      )}
    </>
  );
}

/** The person's rank, asked anew when their points change; null when they are on no board, undefined while unknown. */
function useRank(userId: Profile["userId"], trigger: unknown): number | null | undefined {
  const client = useConvex();
  const { challengeId, viewKey } = useSharedArgs();
  const [rank, setRank] = useState<number | null>();
  useEffect(() => {
    if (trigger === undefined) return;
    let isCurrent = true;
    const shared = viewKey === undefined ? { challengeId } : { challengeId, viewKey };
    client
      .query(api.queries.leaderboards.standing, { ...shared, userId })
      .then((standing) => (isCurrent ? setRank(standing.rank) : undefined))
      // The profile itself says what is wrong; without a rank the rest is still true.
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [client, challengeId, viewKey, userId, trigger]);
  return rank;
}

type Profile = FunctionReturnType<typeof api.queries.profiles.get>;

const joined = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

function PersonCard({ profile, rank }: { profile: Profile; rank: number | null | undefined }) {
  const challenge = useChallenge();
  const { challengeId } = challenge;
  const { userId } = profile;
  const isOwn = challenge.viewer?.userId === userId;
  return (
    <Card className="grid gap-6">
      <div className="flex items-center gap-4">
        <Avatar name={profile.displayName} seed={userId} className="size-14 text-lg" />
        <div className="min-w-0 flex-1">
          <h1 className="text-2xl leading-tight font-extrabold">{profile.displayName}</h1>
          <p className="flex flex-wrap items-center gap-2 text-sm text-ink-soft">
            Joined {joined.format(profile.joinedAt)}
            {isOwn && <Badge tone="accent">You</Badge>}
            {rank === null && <Badge>Not ranked</Badge>}
          </p>
        </div>
      </div>
      <dl className="grid grid-cols-2 gap-5 sm:grid-cols-3">
        <Stat label="Rank">{typeof rank === "number" ? formatNumber(rank) : "–"}</Stat>
        <Stat label="Points">{formatNumber(profile.totalPoints)}</Stat>
        <Stat label="Activities">{formatNumber(profile.activityCount)}</Stat>
        <Stat label="Streak now">
          <Streak days={profile.currentStreak} />
        </Stat>
        <Stat label="Longest streak">{formatCount(profile.longestStreak, "day")}</Stat>
        <Stat label="Points from streaks">{formatNumber(profile.streakBonusPoints)}</Stat>
      </dl>
      <div className="flex flex-wrap gap-3 empty:hidden">
        {typeof rank === "number" && (
          <Button asChild variant="secondary">
            <Link to="/c/$challengeId" params={{ challengeId }} search={{ near: userId }}>
              <ListOrdered aria-hidden />
              Place on the board
            </Link>
          </Button>
        )}
        {isOrganiser(challenge) && !isOwn && (
          <Button asChild variant="secondary">
            <Link to="/c/$challengeId/history" params={{ challengeId }} search={{ person: userId }}>
              <ScrollText aria-hidden />
              See and correct activities
            </Link>
          </Button>
        )}
      </div>
    </Card>
  );
}
