import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { toast } from "sonner";
import { ReasonDialog } from "../../components/ReasonDialog";
import type { HistoryRow } from "./historyRows";

/** Lets somebody say, once, why the organisers should decide otherwise about their activity. */
export function AppealDialog({ row, onClose }: { row: HistoryRow; onClose: () => void }) {
  const appeal = useMutation(api.mutations.moderation.appeal);

  async function send(text: string): Promise<void> {
    await appeal({ activityId: row.activityId, text });
    toast.success("Sent to the organisers");
  }

  return (
    <ReasonDialog
      title={`Object about ${row.typeName}`}
      description="You can do this once. The organisers read it and answer."
      label="What should they know?"
      missing="Write a sentence or two."
      maxLength={2000}
      confirm="Send to the organisers"
      onConfirm={send}
      onClose={onClose}
    />
  );
}
