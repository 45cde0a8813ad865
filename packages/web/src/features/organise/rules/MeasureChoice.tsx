import { METRIC_NAMES, UNIT_LABELS, unitsOf } from "@milepost/backend/rules/units";
import type { ReactNode } from "react";
import type { UseFormRegisterReturn } from "react-hook-form";
import { Field, Select } from "../../../components/Field";
import { metricLabel, type MetricName, type Unit } from "../../../lib/ruleWords";
import { unitFor, type MeasureValues } from "./ruleValues";

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

interface MetricOptions {
  onChange: (event: { target: { value: MetricName } }) => void;
}

interface MeasureChoiceProps {
  label: string;
  /** What the form holds now. */
  value: MeasureValues;
  registerMetric: (options: MetricOptions) => UseFormRegisterReturn;
  registerUnit: () => UseFormRegisterReturn;
  setUnit: (unit: Unit) => void;
  /** What stands between the two. */
  children?: ReactNode;
}

/** What is measured and in which unit, as two fields; the unit follows where the measure has another. */
export function MeasureChoice(props: MeasureChoiceProps) {
  const { label, value, registerMetric, registerUnit, setUnit, children } = props;
  const { metric, unit } = value;
  const units = unitsOf(metric);
  const follow: MetricOptions = { onChange: ({ target }) => setUnit(unitFor(target.value, unit)) };
  return (
    <>
      <Field label={label}>
        {(field) => (
          <Select {...field} {...registerMetric(follow)}>
            {METRIC_NAMES.map((name) => (
              <option key={name} value={name}>
                {metricLabel(name)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {children}
      {units.length > 1 && (
        <Field label="Counted in">
          {(field) => (
            <Select {...field} key={metric} {...registerUnit()}>
              {units.map((name) => (
                <option key={name} value={name}>
                  {unitName(name, metric).many}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
    </>
  );
}
