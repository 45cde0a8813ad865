import { MAX_LABEL_LENGTH, MAX_OPTIONS } from "@milepost/backend/rules/rule";
import { Plus, Trash2 } from "lucide-react";
import { useFieldArray, useWatch, type UseFormReturn } from "react-hook-form";
import { Button } from "../../../components/Button";
import { Choice, Field, Input, Select } from "../../../components/Field";
import { MeasureFields } from "./MeasureFields";
import { NumberField, problemAt } from "./NumberField";
import { emptyOption, type RuleValues } from "./ruleValues";
import { PlainFields } from "./ScoringFields";

interface OptionFieldsProps {
  form: UseFormReturn<RuleValues>;
  isNegative: boolean;
}

/** The options people choose from, each with points of its own. */
export function OptionFields({ form, isNegative }: OptionFieldsProps) {
  const { control, register } = form;
  const { fields, append, remove } = useFieldArray({
    control,
    name: "scoring.options",
    keyName: "id",
  });
  const options = useWatch({ control, name: "scoring.options" });
  return (
    <div className="grid gap-4">
      {fields.map(({ id }, index) => (
        <OneOption
          key={id}
          form={form}
          index={index}
          isNegative={isNegative}
          onRemove={fields.length > 1 ? () => remove(index) : undefined}
        />
      ))}
      <div className="flex flex-wrap items-end justify-between gap-4">
        <Button
          variant="secondary"
          size="sm"
          disabled={fields.length >= MAX_OPTIONS}
          onClick={() => append(emptyOption(options))}
        >
          <Plus aria-hidden />
          Add an option
        </Button>
        <Field
          label="Counts when nobody chose"
          className="min-w-48"
          error={problemAt(form, "scoring.default")}
        >
          {(field) => (
            <Select {...field} {...register("scoring.default")}>
              {options.map(({ key, label }, index) => (
                <option key={key} value={key}>
                  {label.trim() === "" ? `Option ${index + 1}` : label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
    </div>
  );
}

const COMPARISONS = [
  { op: "atLeast", label: "at least" },
  { op: "above", label: "more than" },
  { op: "atMost", label: "at most" },
  { op: "below", label: "less than" },
] as const;

interface OneOptionProps extends OptionFieldsProps {
  index: number;
  onRemove: (() => void) | undefined;
}

function OneOption({ form, index, isNegative, onRemove }: OneOptionProps) {
  const { control, register } = form;
  const path = `scoring.options.${index}` as const;
  const kind = useWatch({ control, name: `${path}.scoring.kind` });
  const hasCondition = useWatch({ control, name: `${path}.hasCondition` });
  return (
    <fieldset className="grid gap-4 rounded-xl border border-line p-4">
      <legend className="px-1 text-sm font-semibold">Option {index + 1}</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="What it is called" error={problemAt(form, `${path}.label`)}>
          {(field) => (
            <Input {...field} maxLength={MAX_LABEL_LENGTH} {...register(`${path}.label`)} />
          )}
        </Field>
        <Field label="How its points are counted">
          {(field) => (
            <Select {...field} {...register(`${path}.scoring.kind`)}>
              <option value="perUnit">By amount</option>
              <option value="fixed">The same each time</option>
              <option value="tiered">In steps</option>
            </Select>
          )}
        </Field>
      </div>
      <PlainFields form={form} path={`${path}.scoring`} kind={kind} isNegative={isNegative} />
      <Choice
        label="Asks for a minimum or maximum"
        hint="The option can be chosen only when the activity fits."
        {...register(`${path}.hasCondition`)}
      />
      {hasCondition && (
        <div className="grid gap-4">
          <MeasureFields form={form} path={`${path}.when`} />
          <div className="grid grid-cols-2 items-start gap-4">
            <Field label="Is">
              {(field) => (
                <Select {...field} {...register(`${path}.when.op`)}>
                  {COMPARISONS.map(({ op, label }) => (
                    <option key={op} value={op}>
                      {label}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <NumberField form={form} name={`${path}.when.value`} label="So much" />
          </div>
        </div>
      )}
      {onRemove !== undefined && (
        <Button variant="ghost" size="sm" className="justify-self-end" onClick={onRemove}>
          <Trash2 aria-hidden />
          Remove option {index + 1}
        </Button>
      )}
    </fieldset>
  );
}
