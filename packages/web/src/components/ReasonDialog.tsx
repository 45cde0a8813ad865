import { useForm } from "react-hook-form";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field, Input } from "./Field";

interface ReasonDialogProps {
  title: string;
  confirm: string;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** Asks an organiser why, before they change what belongs to somebody else. */
export function ReasonDialog({ title, confirm, onConfirm, onClose }: ReasonDialogProps) {
  const { register, handleSubmit, formState } = useForm<{ reason: string }>();
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      description="Your reason is kept with the change."
    >
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) =>
          void handleSubmit(({ reason }) => {
            onConfirm(reason);
            onClose();
          })(event)
        }
      >
        <Field label="Reason" error={formState.errors.reason?.message}>
          {(control) => (
            <Input
              {...control}
              maxLength={500}
              {...register("reason", { validate: (reason) => reason.trim() !== "" || "Say why." })}
            />
          )}
        </Field>
        <Button type="submit">{confirm}</Button>
      </form>
    </Dialog>
  );
}
