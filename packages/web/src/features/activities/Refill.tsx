import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { Link, useNavigate } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { NotebookPen } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Loading, Skeleton } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { useChallenge } from "../challenges/challengeContext";
import { draftLike, isTypedIn, readDraft, writeDraft } from "./draft";
import { useLogWindow } from "./useLogWindow";

/** Fills the draft in from an activity logged before, and goes on to the form. Asks first where that would lose what was typed. */
export function Refill({ activityId }: { activityId: Id<"activities"> }) {
  const { challengeId } = useChallenge();
  const userId = useViewer()?.userId ?? "";
  const { defaultDay } = useLogWindow();
  const navigate = useNavigate();
  const original = useQuery(api.queries.activities.get, { activityId });
  const [mustAsk] = useState(() => isTypedIn(readDraft({ challengeId, userId }, defaultDay)));
  const fillIn = useCallback((): void => {
    if (original === undefined) return;
    writeDraft({ challengeId, userId }, draftLike(original, defaultDay));
    void navigate({ to: "/c/$challengeId/log", params: { challengeId }, replace: true });
  }, [original, challengeId, userId, defaultDay, navigate]);
  useEffect(() => {
    if (!mustAsk) fillIn();
  }, [mustAsk, fillIn]);

  if (mustAsk && original !== undefined) return <AskFirst onReplace={fillIn} />;
  return (
    <Loading label="Filling in the form">
      <Skeleton className="h-96 rounded-card" />
    </Loading>
  );
}

function AskFirst({ onReplace }: { onReplace: () => void }) {
  const { challengeId } = useChallenge();
  return (
    <Card>
      <EmptyState
        icon={NotebookPen}
        title="You were logging something else"
        action={
          <>
            <Button asChild>
              <Link to="/c/$challengeId/log" params={{ challengeId }} replace>
                Keep what I typed
              </Link>
            </Button>
            <Button variant="secondary" onClick={onReplace}>
              Replace it
            </Button>
          </>
        }
      >
        The form holds an activity that is not saved yet.
      </EmptyState>
    </Card>
  );
}
