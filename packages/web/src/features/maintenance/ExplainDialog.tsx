import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { toast } from "sonner";
import { ReasonDialog } from "../../components/ReasonDialog";
import { useChallenge } from "../challenges/challengeContext";
import { damageOf, kindWords, type Finding } from "./findingWords";

/** Asks what happened to the record of somebody's points; the words are kept with it for good. */
export function ExplainDialog({ finding, onClose }: { finding: Finding; onClose: () => void }) {
  const { challengeId } = useChallenge();
  const explain = useMutation(api.mutations.maintenance.explain);
  const { title } = kindWords(finding.kind);

  async function keep(reason: string): Promise<void> {
    const damage = damageOf(finding);
    if (damage === null || finding.userId === undefined) return;
    await explain({ challengeId, userId: finding.userId, explains: [damage], reason });
    toast.success("Explained. The next verification lists it as explained.");
  }

  return (
    <ReasonDialog
      title={`Explain: ${title.toLowerCase()}`}
      description={`In the record of ${finding.displayName ?? "somebody"}. It is never rewritten; your words are added to it and move no points.`}
      label="What happened"
      missing="Say what happened."
      confirm="Keep the explanation"
      onConfirm={keep}
      onClose={onClose}
    />
  );
}
