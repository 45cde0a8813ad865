import { useEffect } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";

/** A form that is being filled in. It keeps its request id, so that sending it again after a reload counts once. */
export interface Draft<Values> {
  requestId: string;
  values: Values;
}

/** Where the draft of a form is kept on this device. */
export function draftKey(...owner: string[]): string {
  return ["milepost:draft", ...owner].join(":");
}

/** Hands over what is typed in a form, each time it changes. */
export function useKept<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  keep: (values: Values) => void,
): void {
  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: ({ values }) => keep(values),
      }),
    [form, keep],
  );
}

/**
 * Whether something out of storage has the shape of an example: texts, switches and lists where it has them, each element
 * of a list like the first of the example's. A null in the example stands for anything.
 */
export function hasShapeOf(example: unknown, stored: unknown): boolean {
  if (example === null) return true;
  if (typeof example !== "object") return typeof stored === typeof example;
  if (typeof stored !== "object" || stored === null) return false;
  if (Array.isArray(example)) {
    return (
      Array.isArray(stored) && stored.every((element) => hasShapeOf(example[0] ?? null, element))
    );
  }
  const parts = new Map<string, unknown>(Object.entries(stored));
  return Object.entries(example).every(([name, part]) => hasShapeOf(part, parts.get(name)));
}
