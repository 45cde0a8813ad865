import type { ReactNode } from "react";
import { get, type FieldPath, type FieldValues, type UseFormReturn } from "react-hook-form";
import { Field, Input } from "../../../components/Field";
import type { RuleValues } from "./ruleValues";

interface NumberFieldProps {
  form: UseFormReturn<RuleValues>;
  name: FieldPath<RuleValues>;
  label: ReactNode;
  hint?: ReactNode;
  /** What the number is of, inside the field at its end. */
  suffix?: string;
  className?: string;
}

/** The words beside a field that is wrong. */
export function problemAt<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  name: string,
): string | undefined {
  const error: unknown = get(form.formState.errors, name);
  if (typeof error !== "object" || error === null || !("message" in error)) return undefined;
  return typeof error.message === "string" ? error.message : undefined;
}

/** A number of the rule, as text, so that a half-typed one is never changed under the hand. */
export function NumberField({ form, name, label, hint, suffix, className }: NumberFieldProps) {
  const named = suffix === undefined ? label : <WithUnit label={label} unit={suffix} />;
  return (
    <Field label={named} hint={hint} error={problemAt(form, name)} className={className}>
      {(field) => (
        <span className="relative block">
          <Input
            {...field}
            inputMode="decimal"
            autoComplete="off"
            className={suffix === undefined ? "tabular-nums" : "pr-20 tabular-nums"}
            {...form.register(name)}
          />
          {suffix !== undefined && (
            <span
              aria-hidden
              className="pointer-events-none absolute inset-y-0 right-3.5 flex items-center text-sm text-ink-soft"
            >
              {suffix}
            </span>
          )}
        </span>
      )}
    </Field>
  );
}

/** The label as it is heard: the unit, which stands in the field, is part of it. */
function WithUnit({ label, unit }: { label: ReactNode; unit: string }) {
  return (
    <>
      {label}
      <span className="sr-only"> ({unit})</span>
    </>
  );
}
