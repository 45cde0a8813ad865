import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation } from "convex/react";
import { toast } from "sonner";
import { persistently } from "../../lib/persistently";
import { newRequestId } from "../../lib/requestId";
import { useDo } from "../../lib/useDo";

/** Says that something was decided, with a button that takes it back while the activity is as the decision left it. */
export function useUndoable() {
  const undoDecision = useMutation(api.mutations.moderation.undoDecision);
  const { run } = useDo();

  async function undo(decisionId: Id<"moderationLog">): Promise<void> {
    const requestId = newRequestId();
    await persistently(() => undoDecision({ decisionId, requestId }));
    toast.success("Undone", { description: "It waits for a decision again." });
  }

  return (decisionId: Id<"moderationLog">, done: string, description: string) => {
    const onClick = () => run(() => undo(decisionId));
    toast.success(done, { description, action: { label: "Undo", onClick } });
  };
}
