import type { ReactNode } from "react";
import { useForm } from "react-hook-form";
import { Field, Input } from "./Field";
import { FormDialog } from "./FormDialog";

interface TypedConfirmProps {
  title: string;
  description: ReactNode;
  /** What it means, in full. */
  children: ReactNode;
  /** What has to be typed, to the letter. */
  word: string;
  confirm: string;
  /** Does it; what it throws stands in the dialog. */
  onConfirm: () => Promise<void>;
  /** How a failure is said. */
  problemOf?: (error: unknown) => string;
  onClose: () => void;
}

/** Asks for a word before something that cannot be taken back. */
export function TypedConfirm({ children, word, ...rest }: TypedConfirmProps) {
  const form = useForm<{ typed: string }>({ defaultValues: { typed: "" } });
  return (
    <FormDialog {...rest} form={form} isDanger>
      {children}
      <Field
        label={
          <>
            Type <strong className="select-all">{word}</strong> to confirm
          </>
        }
        error={form.formState.errors.typed?.message}
      >
        {(field) => (
          <Input
            {...field}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...form.register("typed", {
              validate: (typed) => typed.trim() === word || `Type ${word} first.`,
            })}
          />
        )}
      </Field>
    </FormDialog>
  );
}
