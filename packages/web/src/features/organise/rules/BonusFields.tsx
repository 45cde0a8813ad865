import { MAX_BONUSES, MAX_LABEL_LENGTH } from "@milepost/backend/rules/rule";
import { Plus, Trash2 } from "lucide-react";
import { useFieldArray, useWatch, type UseFormReturn } from "react-hook-form";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { Choice, Field, Input } from "../../../components/Field";
import { MeasureFields } from "./MeasureFields";
import { NumberField, problemAt } from "./NumberField";
import { NEW_BONUS, type RuleValues } from "./ruleValues";

interface Part {
  form: UseFormReturn<RuleValues>;
}

/** What an activity earns on top, for a long way or once a day. */
export function BonusCard({ form }: Part) {
  const { control } = form;
  const { fields, append, remove } = useFieldArray({ control, name: "bonuses" });
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader title="Bonuses" />
      {fields.length === 0 && (
        <p className="-mt-2 text-sm text-ink-soft">
          Extra points, for example for a half marathon, or once a day for a photo. Several that are
          reached all pay.
        </p>
      )}
      {fields.map(({ id }, index) => (
        <OneBonus key={id} form={form} index={index} onRemove={() => remove(index)} />
      ))}
      <Button
        variant="secondary"
        size="sm"
        className="justify-self-start"
        disabled={fields.length >= MAX_BONUSES}
        onClick={() => append(NEW_BONUS)}
      >
        <Plus aria-hidden />
        Add a bonus
      </Button>
    </Card>
  );
}

function OneBonus({ form, index, onRemove }: Part & { index: number; onRemove: () => void }) {
  const { control, register } = form;
  const path = `bonuses.${index}` as const;
  const [isOncePerDay, isForAny] = useWatch({
    control,
    name: [`${path}.isOncePerDay`, `${path}.isForAny`],
  });
  const hasThreshold = !isOncePerDay || !isForAny;
  return (
    <fieldset className="grid gap-4 rounded-xl border border-line p-4">
      <legend className="px-1 text-sm font-semibold">Bonus {index + 1}</legend>
      <div className="grid gap-4 sm:grid-cols-[1fr_9rem] sm:items-start">
        <Field label="What it is called" error={problemAt(form, `${path}.label`)}>
          {(field) => (
            <Input
              {...field}
              maxLength={MAX_LABEL_LENGTH}
              placeholder="Half marathon"
              {...register(`${path}.label`)}
            />
          )}
        </Field>
        <NumberField form={form} name={`${path}.points`} label="Extra points" />
      </div>
      <div className="grid gap-2 sm:grid-cols-2">
        <Choice
          label="Once a day"
          hint="Only one activity of a day gets it."
          {...register(`${path}.isOncePerDay`)}
        />
        {isOncePerDay && (
          <Choice
            label="For any activity"
            hint="However long or far."
            {...register(`${path}.isForAny`)}
          />
        )}
      </div>
      {hasThreshold && (
        <div className="grid gap-4">
          <MeasureFields form={form} path={path} />
          <NumberField form={form} name={`${path}.atLeast`} label="From" />
        </div>
      )}
      <Button variant="ghost" size="sm" className="justify-self-end" onClick={onRemove}>
        <Trash2 aria-hidden />
        Remove bonus {index + 1}
      </Button>
    </fieldset>
  );
}
