import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { toast } from "sonner";
import { formatPoints } from "../../lib/format";
import { persistently } from "../../lib/persistently";
import { messageOf } from "../../lib/refusals";
import { newRequestId } from "../../lib/requestId";
import type { HistoryRow } from "./historyRows";

function rowArgs(activityId: HistoryRow["activityId"], reason: string | undefined) {
  const requestId = newRequestId();
  return { activityId, requestId, ...(reason === undefined ? {} : { reason }) };
}

/** Says what went wrong with a deed that has no dialog of its own to say it. */
export function tellProblem(error: unknown): void {
  toast.error(messageOf(error));
}

/**
 * Deletes and restores activities; each has the other as its undo. `reason` is for organisers who act as such.
 * Both throw what the server refused.
 */
export function useRowActions() {
  const removeRow = useMutation(api.mutations.activities.remove);
  const restoreRow = useMutation(api.mutations.activities.restore);

  async function remove({ activityId, typeName }: HistoryRow, reason?: string): Promise<void> {
    const args = rowArgs(activityId, reason);
    const { totalPoints } = await persistently(() => removeRow(args));
    toast.success(`${typeName} deleted`, {
      description: `The total is ${formatPoints(totalPoints)} now.`,
      action: {
        label: "Undo",
        onClick: () => void restore({ activityId, typeName }, reason).catch(tellProblem),
      },
    });
  }

  async function restore(
    { activityId, typeName }: Pick<HistoryRow, "activityId" | "typeName">,
    reason?: string,
  ): Promise<void> {
    const args = rowArgs(activityId, reason);
    const { totalPoints } = await persistently(() => restoreRow(args));
    toast.success(`${typeName} restored`, {
      description: `The total is ${formatPoints(totalPoints)} now.`,
    });
  }

  return { remove, restore };
}
