import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { createContext, use } from "react";

/** One challenge and the viewer's part in it, as `queries/challenges:get` answers. */
export type Challenge = FunctionReturnType<typeof api.queries.challenges.get>;

export const ChallengeContext = createContext<Challenge | null>(null);

/** The challenge of the page; only inside the challenge layout. */
export function useChallenge(): Challenge {
  const challenge = use(ChallengeContext);
  if (challenge === null) throw new Error("useChallenge was used outside a challenge.");
  return challenge;
}

/** The arguments every shared query of a challenge takes: the view key lets members share one run. */
export function useSharedArgs(): Pick<Challenge, "challengeId"> & { viewKey?: string } {
  const { challengeId, viewKey } = useChallenge();
  return viewKey === undefined ? { challengeId } : { challengeId, viewKey };
}

/** The viewer takes part in the challenge now. */
export function isMember(challenge: Challenge): boolean {
  return challenge.viewer?.status === "active";
}

/** The viewer organises the challenge. */
export function isOrganiser(challenge: Challenge): boolean {
  return isMember(challenge) && challenge.viewer?.role === "admin";
}
