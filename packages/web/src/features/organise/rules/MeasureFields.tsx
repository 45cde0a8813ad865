import { METRIC_NAMES, UNIT_LABELS, unitsOf } from "@milepost/backend/rules/units";
import { useWatch, type UseFormReturn } from "react-hook-form";
import { Field, Select } from "../../../components/Field";
import { metricLabel, type MetricName, type Unit } from "../../../lib/ruleWords";
import { unitFor, type RuleValues } from "./ruleValues";

/** Where in the form something is measured. */
export type MeasurePath =
  | "scoring"
  | `scoring.options.${number}.scoring`
  | `scoring.options.${number}.when`
  | `bonuses.${number}`;

const UNIT_NAMES: Record<Unit, string> = {
  km: "kilometres",
  mile: "miles",
  m: "metres",
  foot: "feet",
  minute: "minutes",
  hour: "hours",
  second: "seconds",
  each: "pieces",
};

/** What people call so many of a unit, for labels: "points per minute", "after 3 kilometres". */
export function unitName(unit: Unit, metric: MetricName): { one: string; many: string } {
  if (unit !== "each") {
    return {
      one: UNIT_LABELS[unit].one === "min" ? "minute" : UNIT_LABELS[unit].one,
      many: UNIT_NAMES[unit],
    };
  }
  return metric === "steps" ? { one: "step", many: "steps" } : { one: "piece", many: "pieces" };
}

/** Which measure counts and in which unit; the unit follows where the measure has another. */
export function MeasureFields({
  form,
  path,
}: {
  form: UseFormReturn<RuleValues>;
  path: MeasurePath;
}) {
  const { control, register, setValue } = form;
  const metric = useWatch({ control, name: `${path}.metric` });
  const unit = useWatch({ control, name: `${path}.unit` });
  const units = unitsOf(metric);
  return (
    <div className="grid gap-4 min-[24rem]:grid-cols-2">
      <Field label="What counts">
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
      {units.length > 1 && (
        <Field label="Counted in">
          {(field) => (
            <Select {...field} key={metric} {...register(`${path}.unit`)}>
              {units.map((name) => (
                <option key={name} value={name}>
                  {UNIT_NAMES[name]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
    </div>
  );
}
