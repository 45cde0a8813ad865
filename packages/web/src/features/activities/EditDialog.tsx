import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import { useMutation, useQuery } from "convex/react";
import { useState } from "react";
import { toast } from "sonner";
import { Dialog } from "../../components/Dialog";
import { Loading, Skeleton } from "../../components/Skeleton";
import { formatPoints } from "../../lib/format";
import { messageOf } from "../../lib/refusals";
import { persistently } from "../../lib/persistently";
import { newRequestId } from "../../lib/requestId";
import { useSharedArgs } from "../challenges/challengeContext";
import { EditForm, type Change } from "./EditForm";
import type { HistoryRow } from "./historyRows";

interface EditDialogProps {
  row: HistoryRow;
  /** The activity is somebody else's, or was changed by an organiser: an organiser corrects it and says why. */
  isForeign: boolean;
  onClose: () => void;
}

/** Changes an activity, with the points the change would earn shown before it is saved. */
export function EditDialog({ row, isForeign, onClose }: EditDialogProps) {
  const { save, problem } = useSave(row);
  const [isBusy, setIsBusy] = useState(false);
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  return (
    <Dialog
      onClose={onClose}
      isBusy={isBusy}
      title="Edit activity"
      description={`${row.typeName}, ${formatPoints(row.pointsEarned)} so far`}
    >
      {types === undefined ? (
        <Loading label="Loading the form">
          <Skeleton className="h-72" />
        </Loading>
      ) : (
        <EditForm
          row={row}
          isForeign={isForeign}
          types={types}
          save={save}
          problem={problem}
          onBusy={setIsBusy}
          onSaved={onClose}
        />
      )}
    </Dialog>
  );
}

/** Saves a change of the row as it was opened; what went wrong is kept as words beside the form. */
function useSave(row: HistoryRow) {
  // The row lives on while the form is open; what somebody else changed meanwhile must not be overwritten unseen.
  const [{ activityId, version }] = useState(row);
  const edit = useMutation(api.mutations.activities.edit);
  const [requestId, setRequestId] = useState(newRequestId);
  const [problem, setProblem] = useState<string | null>(null);

  async function save(change: Change): Promise<boolean> {
    setProblem(null);
    try {
      const args = { activityId, requestId, expectedVersion: version, ...change };
      const answer = await persistently(() => edit(args));
      const total = formatPoints(answer.totalPoints);
      toast.success("Changed", { description: `The total is ${total} now.` });
      return true;
    } catch (error) {
      if (refusalOf(error)?.code === "IDEMPOTENCY_MISMATCH") setRequestId(newRequestId());
      setProblem(messageOf(error));
      return false;
    }
  }

  return { save, problem };
}
