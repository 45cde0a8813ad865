import { useWatch, type UseFormReturn } from "react-hook-form";
import { Field, Input } from "../../../components/Field";
import { MeasureChoice } from "../rules/MeasureChoice";
import { problemAt } from "../rules/NumberField";
import type { AchievementValues } from "./achievementValues";

interface AmountFieldsProps {
  form: UseFormReturn<AchievementValues>;
  path: "amount" | `goals.${number}`;
}

/** How much of what: a measure, its unit and the amount to reach. */
export function AmountFields({ form, path }: AmountFieldsProps) {
  const { control, register, setValue } = form;
  const [metric, unit] = useWatch({ control, name: [`${path}.metric`, `${path}.unit`] });
  return (
    <div className="grid gap-4 sm:grid-cols-3 sm:items-start">
      <MeasureChoice
        label="Measure"
        value={{ metric, unit }}
        registerMetric={(options) => register(`${path}.metric`, options)}
        registerUnit={() => register(`${path}.unit`)}
        setUnit={(next) => setValue(`${path}.unit`, next)}
      >
        <Field label="At least" error={problemAt(form, `${path}.atLeast`)}>
          {(field) => (
            <Input
              {...field}
              inputMode="decimal"
              autoComplete="off"
              className="tabular-nums"
              {...register(`${path}.atLeast`)}
            />
          )}
        </Field>
      </MeasureChoice>
    </div>
  );
}
