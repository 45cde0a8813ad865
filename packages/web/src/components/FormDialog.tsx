import type { FieldValues, UseFormReturn } from "react-hook-form";
import { messageOf } from "../lib/refusals";
import { useAttempt } from "../lib/useAttempt";
import { Button } from "./Button";
import { Dialog, type DialogProps } from "./Dialog";
import { FieldError } from "./Field";

interface FormDialogProps<Values extends FieldValues> extends Omit<DialogProps, "isBusy"> {
  form: UseFormReturn<Values>;
  /** What the button says that does it, and the one that does not. */
  confirm: string;
  cancel?: string;
  isDanger?: boolean;
  /** Does it. What it throws stands in the dialog, which then stays open with what was typed. */
  onConfirm: (values: Values) => Promise<unknown>;
  /** How a failure is said. */
  problemOf?: (error: unknown) => string;
}

/** A dialog that asks something and does it. */
export function FormDialog<Values extends FieldValues>(props: FormDialogProps<Values>) {
  const { form, confirm, cancel = "Cancel", isDanger = false, onConfirm, ...rest } = props;
  const { problemOf = messageOf, children, onClose, ...words } = rest;
  const { problem, attempt } = useAttempt(problemOf);
  const { isSubmitting } = form.formState;

  async function submit(values: Values): Promise<void> {
    await onConfirm(values);
    onClose();
  }

  return (
    <Dialog {...words} isBusy={isSubmitting} onClose={onClose}>
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) =>
          void form.handleSubmit((values) => attempt(() => submit(values)))(event)
        }
      >
        {children}
        {problem !== null && <FieldError>{problem}</FieldError>}
        <div className="flex flex-wrap justify-end gap-3">
          <Button variant="secondary" disabled={isSubmitting} onClick={onClose}>
            {cancel}
          </Button>
          <Button type="submit" variant={isDanger ? "danger" : "primary"} pending={isSubmitting}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
