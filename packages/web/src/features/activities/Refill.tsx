import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useNavigate } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { useEffect } from "react";
import { useToday, useViewer } from "../../app/context";
import { Loading, Skeleton } from "../../components/Skeleton";
import { useChallenge } from "../challenges/challengeContext";
import { draftLike, writeDraft } from "./draft";

/** Fills the draft in from an activity logged before, and goes on to the form. */
export function Refill({ activityId }: { activityId: Id<"activities"> }) {
  const { challengeId } = useChallenge();
  const userId = useViewer()?.userId ?? "";
  const today = useToday();
  const navigate = useNavigate();
  const original = useQuery(api.queries.activities.get, { activityId });
  useEffect(() => {
    if (original === undefined) return;
    writeDraft({ challengeId, userId }, draftLike(original, today));
    void navigate({ to: "/c/$challengeId/log", params: { challengeId }, replace: true });
  }, [original, challengeId, userId, today, navigate]);
  return (
    <Loading label="Filling in the form">
      <Skeleton className="h-96 rounded-card" />
    </Loading>
  );
}
