import { useState, type ReactNode } from "react";
import { useForm } from "react-hook-form";
import { messageOf } from "../lib/refusals";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field, FieldError, Textarea } from "./Field";

interface ReasonDialogProps {
  title: string;
  description?: ReactNode;
  /** What is asked for. */
  label?: string;
  /** Said when nothing is written. */
  missing?: string;
  /** In characters. */
  maxLength?: number;
  confirm: string;
  /** What it throws stands in the dialog, which then stays open with what was written. */
  onConfirm: (reason: string) => Promise<void> | void;
  onClose: () => void;
}

/** Asks for the words that belong to a deed, and does it. */
export function ReasonDialog({
  title,
  description = "Your reason is kept with the change.",
  label = "Reason",
  missing = "Say why.",
  maxLength = 500,
  confirm,
  onConfirm,
  onClose,
}: ReasonDialogProps) {
  const { register, handleSubmit, formState } = useForm<{ reason: string }>();
  const [problem, setProblem] = useState<string | null>(null);

  async function submit({ reason }: { reason: string }): Promise<void> {
    setProblem(null);
    try {
      await onConfirm(reason);
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      description={description}
    >
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) => void handleSubmit(submit)(event)}
      >
        <Field label={label} error={formState.errors.reason?.message}>
          {(control) => (
            <Textarea
              {...control}
              maxLength={maxLength}
              {...register("reason", { validate: (reason) => reason.trim() !== "" || missing })}
            />
          )}
        </Field>
        {problem !== null && <FieldError>{problem}</FieldError>}
        <Button type="submit" pending={formState.isSubmitting}>
          {confirm}
        </Button>
      </form>
    </Dialog>
  );
}
