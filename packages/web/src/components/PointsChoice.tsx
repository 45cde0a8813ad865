import type { UseFormRegisterReturn } from "react-hook-form";
import { Choice } from "./Field";

interface PointsChoiceProps {
  legend: string;
  /** Each with what it means; the first is chosen unless the form says otherwise. */
  keep: { label: string; hint: string };
  remove: { label: string; hint: string; disabled?: boolean };
  register: UseFormRegisterReturn;
}

/** Whether points stay or go when what they came from ends. */
export function PointsChoice({ legend, keep, remove, register }: PointsChoiceProps) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-semibold">{legend}</legend>
      <Choice type="radio" value="keep" {...keep} {...register} />
      <Choice type="radio" value="remove" {...remove} {...register} />
    </fieldset>
  );
}
