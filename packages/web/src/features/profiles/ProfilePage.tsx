import { api } from "@milepost/backend/api";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { ArrowLeft, ScrollText } from "lucide-react";
import { useToday } from "../../app/context";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Card, Stat } from "../../components/Card";
import { usePageTitle } from "../../components/Page";
import { Loading, Skeleton } from "../../components/Skeleton";
import { Streak } from "../../components/Streak";
import { formatCount, formatNumber } from "../../lib/format";
import { isOrganiser, useChallenge, useSharedArgs } from "../challenges/challengeContext";

const route = getRouteApi("/c/$challengeId/people/$userId");

/** What everyone in the challenge may see of one participant. */
export function ProfilePage() {
  const { challengeId, userId } = route.useParams();
  const challenge = useChallenge();
  const today = useToday();
  const profile = useQuery(api.queries.profiles.get, { ...useSharedArgs(), userId, today });
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
        <Card className="grid gap-6">
          <div className="flex items-center gap-4">
            <Avatar name={profile.displayName} seed={userId} className="size-14 text-lg" />
            <div className="min-w-0">
              <h1 className="text-2xl leading-tight font-extrabold">{profile.displayName}</h1>
              <p className="text-sm text-ink-soft">
                Joined{" "}
                {new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(
                  profile.joinedAt,
                )}
              </p>
            </div>
          </div>
          <dl className="grid grid-cols-2 gap-5 sm:grid-cols-3">
            <Stat label="Points">{formatNumber(profile.totalPoints)}</Stat>
            <Stat label="Activities">{formatNumber(profile.activityCount)}</Stat>
            <Stat label="Streak now">
              <Streak days={profile.currentStreak} />
            </Stat>
            <Stat label="Longest streak">{formatCount(profile.longestStreak, "day")}</Stat>
            <Stat label="Points from streaks">{formatNumber(profile.streakBonusPoints)}</Stat>
          </dl>
          {isOrganiser(challenge) && challenge.viewer?.userId !== userId && (
            <Button asChild variant="secondary" className="justify-self-start">
              <Link
                to="/c/$challengeId/history"
                params={{ challengeId }}
                search={{ person: userId }}
              >
                <ScrollText aria-hidden />
                See and correct activities
              </Link>
            </Button>
          )}
        </Card>
      )}
    </>
  );
}
