import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { toast } from "sonner";
import { formatPoints } from "../../lib/format";
import { persistently } from "../../lib/persistently";
import { useDo } from "../../lib/useDo";
import { newRequestId } from "../../lib/requestId";
import type { HistoryRow } from "./historyRows";

function rowArgs(activityId: HistoryRow["activityId"], reason: string | undefined) {
  const requestId = newRequestId();
  return { activityId, requestId, ...(reason === undefined ? {} : { reason }) };
}

interface Removal {
  /** For organisers who act as such. */
  reason?: string;
  /** Whether the viewer may bring it back: only then an undo is offered. */
  canUndo: boolean;
}

/** Deletes activities, with an undo, and restores them. Both throw what the server refused. */
export function useRowActions() {
  const removeRow = useMutation(api.mutations.activities.remove);
  const restoreRow = useMutation(api.mutations.activities.restore);
  const { run } = useDo();

  async function remove(
    { activityId, typeName }: HistoryRow,
    { reason, canUndo }: Removal,
  ): Promise<void> {
    const args = rowArgs(activityId, reason);
    const { totalPoints } = await persistently(() => removeRow(args));
    const undo = {
      label: "Undo",
      onClick: () => run(() => restore({ activityId, typeName }, reason)),
    };
    toast.success(`${typeName} deleted`, {
      description: `The total is ${formatPoints(totalPoints)} now.`,
      action: canUndo ? undo : undefined,
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
