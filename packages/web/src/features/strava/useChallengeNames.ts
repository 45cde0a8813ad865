import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useQuery } from "convex/react";

/** Names the challenges the person takes part in; one they left has no name for them any more. */
export function useChallengeNames(): (challengeId: Id<"challenges">) => string {
  const challenges = useQuery(api.queries.challenges.mine, {});
  return (wanted) =>
    challenges?.find(({ challengeId }) => challengeId === wanted)?.name ?? "A challenge you left";
}
