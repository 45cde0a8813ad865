import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Field, FieldError, Textarea } from "../../components/Field";
import { messageOf } from "../../lib/refusals";
import { useChallenge } from "../challenges/challengeContext";
import { damageOf, kindWords, type Finding } from "./findingWords";

/** Asks what happened to the record of somebody's points; the words are kept with it for good. */
export function ExplainDialog({ finding, onClose }: { finding: Finding; onClose: () => void }) {
  const { challengeId } = useChallenge();
  const explain = useMutation(api.mutations.maintenance.explain);
  const [problem, setProblem] = useState<string | null>(null);
  const { register, handleSubmit, formState } = useForm<{ reason: string }>();
  const { title } = kindWords(finding.kind);

  async function submit({ reason }: { reason: string }): Promise<void> {
    const damage = damageOf(finding);
    if (damage === null || finding.userId === undefined) return;
    setProblem(null);
    try {
      await explain({ challengeId, userId: finding.userId, explains: [damage], reason });
      toast.success("Explained. The next verification lists it as explained.");
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Explain: ${title.toLowerCase()}`}
      description={`In the record of ${finding.displayName ?? "somebody"}. It is never rewritten; your words are added to it and move no points.`}
    >
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) => void handleSubmit(submit)(event)}
      >
        <Field label="What happened" error={formState.errors.reason?.message}>
          {(control) => (
            <Textarea
              {...control}
              maxLength={500}
              {...register("reason", {
                validate: (reason) => reason.trim() !== "" || "Say what happened.",
              })}
            />
          )}
        </Field>
        {problem !== null && <FieldError>{problem}</FieldError>}
        <Button type="submit" pending={formState.isSubmitting}>
          Keep the explanation
        </Button>
      </form>
    </Dialog>
  );
}
