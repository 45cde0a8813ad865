import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Field, FieldError, Textarea } from "../../components/Field";
import { messageOf } from "../../lib/refusals";
import type { HistoryRow } from "./historyRows";

/** Lets somebody say, once, why the organisers should decide otherwise about their activity. */
export function AppealDialog({ row, onClose }: { row: HistoryRow; onClose: () => void }) {
  const appeal = useMutation(api.mutations.moderation.appeal);
  const { register, handleSubmit, formState } = useForm<{ text: string }>();
  const [problem, setProblem] = useState<string | null>(null);

  async function submit({ text }: { text: string }): Promise<void> {
    setProblem(null);
    try {
      await appeal({ activityId: row.activityId, text });
      toast.success("Sent to the organisers");
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Object about ${row.typeName}`}
      description="You can do this once. The organisers read it and answer."
    >
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) => void handleSubmit(submit)(event)}
      >
        <Field label="What should they know?" error={formState.errors.text?.message}>
          {(control) => (
            <Textarea
              {...control}
              maxLength={2000}
              {...register("text", {
                validate: (text) => text.trim() !== "" || "Write a sentence or two.",
              })}
            />
          )}
        </Field>
        {problem !== null && <FieldError>{problem}</FieldError>}
        <Button type="submit" pending={formState.isSubmitting}>
          Send to the organisers
        </Button>
      </form>
    </Dialog>
  );
}
