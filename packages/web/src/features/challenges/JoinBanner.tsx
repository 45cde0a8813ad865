import { api } from "@milepost/backend/api";
import { Link, useLocation } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { useDo } from "../../lib/useDo";
import type { Challenge } from "./challengeContext";

/** For someone who looks on: how to take part. */
export function JoinBanner({ challenge }: { challenge: Challenge }) {
  const viewer = useViewer();
  const { href } = useLocation();
  const join = useMutation(api.mutations.challenges.join);
  const { isPending, run } = useDo();
  const hasLeft = challenge.viewer?.status === "left";
  if (challenge.isFinal || (challenge.visibility === "private" && !hasLeft)) return null;

  const { challengeId, name } = challenge;
  const takePart = (): void => run(() => join({ challengeId }), `You are in. Welcome to ${name}.`);

  return (
    <div className="flex flex-wrap items-center justify-between gap-4 rounded-card bg-accent-soft px-5 py-4">
      <p className="font-semibold text-accent-ink">
        {hasLeft
          ? "You left this challenge. Your points are kept: come back any time."
          : "You are looking on. Join to log and earn points."}
      </p>
      {viewer === null ? (
        <Button asChild>
          <Link to="/sign-in" search={{ next: href }}>
            Sign in to join
          </Link>
        </Button>
      ) : (
        <Button pending={isPending} onClick={takePart}>
          {hasLeft ? "Join again" : "Join challenge"}
        </Button>
      )}
    </div>
  );
}
