import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import { useMutation, useQuery } from "convex/react";
import { useState } from "react";
import { Dialog } from "../../components/Dialog";
import { Loading, Skeleton } from "../../components/Skeleton";
import { formatPoints } from "../../lib/format";
import { persistently } from "../../lib/persistently";
import { messageOf } from "../../lib/refusals";
import { newRequestId } from "../../lib/requestId";
import { EditForm, type Change } from "../activities/EditForm";
import { useSharedArgs } from "../challenges/challengeContext";
import type { FlagGroup } from "./flagGroups";
import { useUndoable } from "./useUndoable";

interface CorrectDialogProps {
  group: FlagGroup;
  onClose: () => void;
}

/** Corrects a doubted activity, with the points of the correction shown before; its flags are closed with it. */
export function CorrectDialog({ group, onClose }: CorrectDialogProps) {
  const { activity, displayName } = group;
  const { activityId, typeName, pointsEarned } = activity;
  const row = useQuery(api.queries.activities.get, { activityId });
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const { save, problem } = useCorrect(group);
  const [isBusy, setIsBusy] = useState(false);

  return (
    <Dialog
      onClose={onClose}
      isBusy={isBusy}
      title={`Correct ${typeName}`}
      description={`${formatPoints(pointsEarned)} so far. ${displayName} is told, reads your reason and can object once.`}
    >
      {row === undefined || types === undefined ? (
        <Loading label="Loading the form">
          <Skeleton className="h-72" />
        </Loading>
      ) : (
        <EditForm
          row={row}
          types={types}
          isForeign
          hasNotes={false}
          save={save}
          problem={problem}
          onBusy={setIsBusy}
          onSaved={onClose}
        />
      )}
    </Dialog>
  );
}

/** Decides the flags of an activity by correcting it; what was refused is kept as words. */
function useCorrect({ activityId, displayName }: FlagGroup) {
  const decideFlags = useMutation(api.mutations.moderation.decideFlags);
  const tellDone = useUndoable();
  const [requestId, setRequestId] = useState(newRequestId);
  const [problem, setProblem] = useState<string | null>(null);

  async function save(change: Change): Promise<boolean> {
    const { activityTypeId, loggedDate, metrics, variant, reason = "" } = change;
    setProblem(null);
    const facts = { activityTypeId, loggedDate, metrics, variant };
    const decision = { kind: "correct", ...facts } as const;
    try {
      const { decisionId } = await persistently(() =>
        decideFlags({ activityId, decision, reason, requestId }),
      );
      tellDone(decisionId, "Corrected", `${displayName} is told.`);
      return true;
    } catch (error) {
      if (refusalOf(error)?.code === "IDEMPOTENCY_MISMATCH") setRequestId(newRequestId());
      setProblem(messageOf(error));
      return false;
    }
  }

  return { save, problem };
}
