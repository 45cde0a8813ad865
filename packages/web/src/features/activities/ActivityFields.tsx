import type { api } from "@milepost/backend/api";
import { UNIT_LABELS, unitsOf } from "@milepost/backend/rules/units";
import type { FunctionReturnType } from "convex/server";
import { useController, useWatch, type UseFormReturn } from "react-hook-form";
import { Field, FieldError, Input, Select, Textarea } from "../../components/Field";
import { metricLabel, type MetricName, optionWords, type Unit } from "../../lib/ruleWords";
import { rememberUnit } from "../../lib/unitChoice";
import { ActivityIcon } from "./ActivityIcon";
import {
  fieldsOfRule,
  isUntouched,
  readAmount,
  variantOf,
  type ActivityValues,
  type Original,
} from "./activityForm";
import type { LogWindow } from "./useLogWindow";

export type ActivityType = FunctionReturnType<typeof api.queries.activityTypes.list>[number];

interface Part {
  form: UseFormReturn<ActivityValues>;
}

const UNIT_NAMES: Partial<Record<Unit, string>> = {
  m: "metres",
  foot: "feet",
  second: "seconds",
  minute: "minutes",
  hour: "hours",
  mile: "miles",
};

/** What was done: one press per type, because the type decides all other fields. */
export function TypeField({ form, types }: Part & { types: ActivityType[] }) {
  const { errors } = form.formState;
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-semibold">What did you do?</legend>
      <div className="flex flex-wrap gap-2">
        {types.map(({ activityTypeId, name, catalogueKey }) => (
          <label
            key={activityTypeId}
            className="relative flex min-h-11 items-center gap-2 rounded-full border border-line-strong/45 bg-surface px-4 text-[0.9375rem] font-semibold transition-colors hover:bg-sunken has-checked:border-accent has-checked:bg-accent has-checked:text-on-accent has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              value={activityTypeId}
              className="absolute inset-0 cursor-pointer opacity-0"
              {...form.register("activityTypeId", { required: "Choose what you did." })}
            />
            <ActivityIcon catalogueKey={catalogueKey} />
            {name}
          </label>
        ))}
      </div>
      {errors.activityTypeId !== undefined && (
        <FieldError>{errors.activityTypeId.message}</FieldError>
      )}
    </fieldset>
  );
}

/** Which option of the chosen type, where it has options, and the amounts that one needs, each in a unit of the person's choice. */
export function AmountFields({
  form,
  type,
  original,
}: Part & { type: ActivityType; original?: Original }) {
  const variant = useWatch({ control: form.control, name: "variant" });
  const { required, optional } = fieldsOfRule(type, variant);
  return (
    <>
      <VariantField form={form} type={type} />
      {[...required, ...optional].map((metric) => (
        <AmountField
          key={metric}
          form={form}
          metric={metric}
          original={original}
          isOptional={optional.includes(metric)}
        />
      ))}
    </>
  );
}

function VariantField({ form, type }: Part & { type: ActivityType }) {
  const { field } = useController({ control: form.control, name: "variant" });
  const { scoring } = type;
  if (scoring.kind !== "variants") return null;
  return (
    <Field label="Option" error={form.formState.errors.variant?.message}>
      {(props) => (
        <Select {...props} {...field} value={variantOf(type, field.value)}>
          {scoring.options.map((option) => (
            <option key={option.key} value={option.key}>
              {optionWords(option)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function AmountField({
  form,
  metric,
  original,
  isOptional,
}: Part & { metric: MetricName; original: Original | undefined; isOptional: boolean }) {
  const { register, formState, control } = form;
  const units = unitsOf(metric);
  const unit = useWatch({ control, name: `amounts.${metric}.unit` });
  const label = metricLabel(metric);
  return (
    <Field
      label={label}
      {...(isOptional ? { hint: "Optional." } : {})}
      error={formState.errors.amounts?.[metric]?.text?.message}
    >
      {(field) => (
        <div className="flex gap-2">
          <Input
            {...field}
            inputMode="decimal"
            autoComplete="off"
            className="tabular-nums"
            {...register(`amounts.${metric}.text`, {
              validate: (text) => {
                if (isUntouched(metric, { text, unit }, original)) return true;
                if (isOptional && text.trim() === "") return true;
                const read = readAmount(metric, { text, unit });
                return read.ok || read.problem;
              },
            })}
          />
          {units.length > 1 && (
            <Select
              aria-label={`Unit of ${label.toLowerCase()}`}
              className="w-auto shrink-0"
              {...register(`amounts.${metric}.unit`, {
                onChange: ({ target }: { target: { value: Unit } }) =>
                  rememberUnit(metric, target.value),
              })}
            >
              {units.map((option) => (
                <option key={option} value={option}>
                  {UNIT_NAMES[option] ?? UNIT_LABELS[option].many}
                </option>
              ))}
            </Select>
          )}
        </div>
      )}
    </Field>
  );
}

/** The day, limited to what is open, and the reason an organiser owes for a day that is not. */
export function DayField({ form, window }: Part & { window: LogWindow }) {
  const { register, formState, control } = form;
  const day = useWatch({ control, name: "loggedDate" });
  const needsReason = isBeyondWindow(day, window);
  return (
    <>
      <Field label="Day" hint={window.words} error={formState.errors.loggedDate?.message}>
        {(field) => (
          <Input
            {...field}
            type="date"
            min={window.organiserEarliest}
            max={window.latest}
            {...register("loggedDate", {
              required: "Choose a day.",
              validate: (chosen) =>
                (chosen >= window.organiserEarliest && chosen <= window.latest) || window.words,
            })}
          />
        )}
      </Field>
      {needsReason && (
        <ReasonField
          form={form}
          hint="This day is closed for participants; as organiser you may."
        />
      )}
    </>
  );
}

/** True for a day that only an organiser who says why can log on. */
export function isBeyondWindow(
  day: string,
  { earliest, organiserEarliest, latest }: LogWindow,
): boolean {
  return day !== "" && day < earliest && day >= organiserEarliest && day <= latest;
}

/** Why an organiser acts as one; kept with the change. */
export function ReasonField({ form, hint }: Part & { hint: string }) {
  return (
    <Field label="Reason" hint={hint} error={form.formState.errors.reason?.message}>
      {(field) => (
        <Input
          {...field}
          maxLength={500}
          {...form.register("reason", { validate: (reason) => reason.trim() !== "" || "Say why." })}
        />
      )}
    </Field>
  );
}

export function NotesField({ form }: Part) {
  return (
    <Field
      label="Notes"
      hint="Optional. Only you and the organisers see them."
      error={form.formState.errors.notes?.message}
    >
      {(field) => <Textarea {...field} maxLength={2000} {...form.register("notes")} />}
    </Field>
  );
}
