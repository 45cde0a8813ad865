import type { ReactNode } from "react";
import type { UseFormRegisterReturn } from "react-hook-form";
import { Choice, Field, Input } from "../../components/Field";

/** The two answers to who may see a challenge. */
export function VisibilityChoice({ register }: { register: UseFormRegisterReturn }) {
  return (
    <>
      <Choice
        type="radio"
        value="private"
        label="Private"
        hint="Only people with the join link."
        {...register}
      />
      <Choice
        type="radio"
        value="public"
        label="Public"
        hint="Listed on the first page; anyone can look and join."
        {...register}
      />
    </>
  );
}

interface WholeFieldProps {
  label: string;
  hint?: ReactNode;
  error: { message?: string } | undefined;
  register: UseFormRegisterReturn;
}

/** A whole number, as text while it is typed. */
export function WholeField({ label, hint, error, register }: WholeFieldProps) {
  return (
    <Field label={label} hint={hint} error={error?.message}>
      {(field) => <Input {...field} inputMode="numeric" autoComplete="off" {...register} />}
    </Field>
  );
}
