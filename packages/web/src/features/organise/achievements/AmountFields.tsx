import { METRIC_NAMES, unitsOf } from "@milepost/backend/rules/units";
import { useWatch, type UseFormReturn } from "react-hook-form";
import { Field, Input, Select } from "../../../components/Field";
import { metricLabel, type MetricName } from "../../../lib/ruleWords";
import { unitName } from "../rules/MeasureFields";
import { unitFor } from "../rules/ruleValues";
import type { AchievementValues } from "./achievementValues";
import { problemAt } from "../rules/NumberField";

interface AmountFieldsProps {
  form: UseFormReturn<AchievementValues>;
  path: "amount" | `goals.${number}`;
}

/** How much of what: a measure, its unit and the amount to reach. */
export function AmountFields({ form, path }: AmountFieldsProps) {
  const { control, register, setValue } = form;
  const [metric, unit] = useWatch({ control, name: [`${path}.metric`, `${path}.unit`] });
  const units = unitsOf(metric);
  return (
    <div className="grid gap-4 sm:grid-cols-3 sm:items-start">
      <Field label="Measure">
        {(field) => (
          <Select
            {...field}
            {...register(`${path}.metric`, {
              onChange: ({ target }: { target: { value: MetricName } }) =>
                setValue(`${path}.unit`, unitFor(target.value, unit)),
            })}
          >
            {METRIC_NAMES.map((name) => (
              <option key={name} value={name}>
                {metricLabel(name)}
              </option>
            ))}
          </Select>
        )}
      </Field>
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
      {units.length > 1 && (
        <Field label="Counted in">
          {(field) => (
            <Select {...field} key={metric} {...register(`${path}.unit`)}>
              {units.map((name) => (
                <option key={name} value={name}>
                  {unitName(name, metric).many}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
    </div>
  );
}
