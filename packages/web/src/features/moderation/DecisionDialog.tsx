import { useState, type ReactNode } from "react";
import { useForm } from "react-hook-form";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Field, FieldError, Textarea } from "../../components/Field";
import { messageOf } from "../../lib/refusals";
import { newRequestId } from "../../lib/requestId";

/** What a decision is sent with. */
export interface Decided {
  reason: string;
  requestId: string;
}

interface DecisionDialogProps {
  title: string;
  /** What happens to points, and to whom it is told. */
  children: ReactNode;
  /** Who reads the reason. */
  hint: string;
  confirm: string;
  isDanger?: boolean;
  /** Without it the reason is empty. */
  asksWhy?: boolean;
  /** Carries it out; what it throws is said here, and the reason stays. */
  onConfirm: (decided: Decided) => Promise<void>;
  onClose: () => void;
}

/** Says what a decision does, and asks why, before it is made. */
export function DecisionDialog(props: DecisionDialogProps) {
  const { title, children, hint, confirm, isDanger = false, asksWhy = true } = props;
  const { onConfirm, onClose } = props;
  const { register, handleSubmit, formState } = useForm({ defaultValues: { reason: "" } });
  const [problem, setProblem] = useState<string | null>(null);
  const [lastCall, setLastCall] = useState({ reason: "", requestId: newRequestId() });

  async function submit({ reason }: { reason: string }): Promise<void> {
    setProblem(null);
    // The same words again are the same wish, should its answer have been lost.
    const call = lastCall.reason === reason ? lastCall : { reason, requestId: newRequestId() };
    setLastCall(call);
    try {
      await onConfirm(call);
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()} title={title} description={hint}>
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) => void handleSubmit(submit)(event)}
      >
        <div className="grid gap-1.5 rounded-xl bg-sunken px-4 py-3 text-[0.9375rem]">
          {children}
        </div>
        {asksWhy && (
          <Field label="Reason" error={formState.errors.reason?.message}>
            {(field) => (
              <Textarea
                {...field}
                maxLength={500}
                {...register("reason", { validate: (text) => text.trim() !== "" || "Say why." })}
              />
            )}
          </Field>
        )}
        {problem !== null && <FieldError>{problem}</FieldError>}
        <div className="flex flex-wrap justify-end gap-3">
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            variant={isDanger ? "danger" : "primary"}
            pending={formState.isSubmitting}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
