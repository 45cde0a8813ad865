import type { ReactNode } from "react";
import { useForm } from "react-hook-form";
import { Field, Textarea } from "./Field";
import { FormDialog } from "./FormDialog";

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
  isDanger?: boolean;
  /** Without it the words are empty. */
  asksWhy?: boolean;
  /** What it throws stands in the dialog, which then stays open with what was written. */
  onConfirm: (reason: string) => Promise<void> | void;
  onClose: () => void;
  /** What the deed means, before the words are asked for. */
  children?: ReactNode;
}

/** Asks for the words that belong to a deed, and does it. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { label = "Reason", missing = "Say why.", maxLength = 500, onConfirm, ...rest } = props;
  const { description = "Your reason is kept with the change.", children, ...more } = rest;
  const { asksWhy = true, ...words } = more;
  const form = useForm({ defaultValues: { reason: "" } });
  return (
    <FormDialog
      {...words}
      description={description}
      form={form}
      onConfirm={async ({ reason }) => await onConfirm(reason)}
    >
      {children}
      {asksWhy && (
        <Field label={label} error={form.formState.errors.reason?.message}>
          {(control) => (
            <Textarea
              {...control}
              maxLength={maxLength}
              {...form.register("reason", { validate: (text) => text.trim() !== "" || missing })}
            />
          )}
        </Field>
      )}
    </FormDialog>
  );
}
