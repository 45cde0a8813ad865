import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useQuery } from "convex/react";
import { useToday } from "../../app/context";
import { Card, CardHeader } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { formatDayNear, formatSigned } from "../../lib/format";
import { isMember, useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { FlagButton } from "../moderation/FlagButton";

/** What a participant did last; activities of Strava are private and not among it. */
export function RecentCard({ userId }: { userId: Id<"users"> }) {
  const today = useToday();
  const challenge = useChallenge();
  const mayFlag = isMember(challenge) && challenge.viewer?.userId !== userId && !challenge.isFinal;
  const recent = useQuery(api.queries.profiles.recent, { ...useSharedArgs(), userId });
  return (
    <Card>
      <CardHeader title="Last activities" />
      {recent === undefined && (
        <Loading label="Loading the last activities">
          <SkeletonRows count={4} />
        </Loading>
      )}
      {recent?.length === 0 && <p className="text-ink-soft">Nothing to show yet.</p>}
      <ul className="divide-y divide-line">
        {recent?.map(({ activityId, typeName, loggedDate, points }) => (
          <li key={activityId} className="flex items-center gap-3 py-3">
            <span className="min-w-0 flex-1">
              <span className="block font-semibold">{typeName}</span>
              <span className="block text-sm text-ink-soft">
                {formatDayNear(loggedDate, today)}
              </span>
            </span>
            <span className="text-lg font-bold tabular-nums">{formatSigned(points)}</span>
            {mayFlag && (
              <FlagButton
                activityId={activityId}
                what={`${typeName}, ${formatDayNear(loggedDate, today)}`}
              />
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
