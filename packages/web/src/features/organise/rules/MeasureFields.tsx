import { useWatch, type UseFormReturn } from "react-hook-form";
import { MeasureChoice } from "./MeasureChoice";
import type { RuleValues } from "./ruleValues";

/** Where in the form something is measured. */
export type MeasurePath =
  | "scoring"
  | `scoring.options.${number}.scoring`
  | `scoring.options.${number}.when`
  | `bonuses.${number}`;

interface MeasureFieldsProps {
  form: UseFormReturn<RuleValues>;
  path: MeasurePath;
}

/** Which measure of an activity counts, and in which unit. */
export function MeasureFields({ form, path }: MeasureFieldsProps) {
  const { control, register, setValue } = form;
  const [metric, unit] = useWatch({ control, name: [`${path}.metric`, `${path}.unit`] });
  return (
    <div className="grid gap-4 min-[24rem]:grid-cols-2">
      <MeasureChoice
        label="What counts"
        value={{ metric, unit }}
        registerMetric={(options) => register(`${path}.metric`, options)}
        registerUnit={() => register(`${path}.unit`)}
        setUnit={(next) => setValue(`${path}.unit`, next)}
      />
    </div>
  );
}
