import { MAX_PARTS } from "@milepost/backend/rules/achievementDefinition";
import { Plus, Trash2 } from "lucide-react";
import { useFieldArray, useWatch, type UseFormReturn } from "react-hook-form";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { Choice, Field, FieldError, Input, Select } from "../../../components/Field";
import { choosableTypes } from "../../../lib/choosableTypes";
import type { Criteria } from "../../awards/awardWords";
import type { ActivityType } from "../rules/RuleForm";
import { chosenTypes, NEW_GOAL, type AchievementValues } from "./achievementValues";
import { AmountFields } from "./AmountFields";
import { problemAt } from "../rules/NumberField";

interface Part {
  form: UseFormReturn<AchievementValues>;
  types: ActivityType[];
}

const KINDS: Array<{ kind: Criteria["kind"]; label: string; hint: string }> = [
  { kind: "count", label: "A number of activities", hint: "Run 10 times, or once for 21 km" },
  { kind: "cumulative", label: "An amount altogether", hint: "100 km over many activities" },
  { kind: "distinctTypes", label: "Different activities", hint: "3 different sports of 6" },
  { kind: "oneOfEach", label: "One of each", hint: "Swim, ride and run" },
  { kind: "allThresholds", label: "Several goals", hint: "Run 10 km and ride 40 km" },
];

/** What has to be done for one award. */
export function CriteriaCard({ form, types }: Part) {
  const kind = useWatch({ control: form.control, name: "kind" });
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="What has to be done?" />
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="sr-only">Kind</legend>
        {KINDS.map((one) => (
          <Choice
            key={one.kind}
            type="radio"
            value={one.kind}
            label={one.label}
            hint={one.hint}
            {...form.register("kind")}
          />
        ))}
      </fieldset>
      {kind === "allThresholds" ? (
        <GoalFields form={form} types={types} />
      ) : (
        <TypeChoices form={form} types={types} />
      )}
      {(kind === "count" || kind === "distinctTypes") && (
        <Field
          label={kind === "count" ? "How many times" : "How many different ones"}
          error={problemAt(form, "times")}
        >
          {(field) => (
            <Input
              {...field}
              inputMode="numeric"
              autoComplete="off"
              className="max-w-40 tabular-nums"
              {...form.register("times")}
            />
          )}
        </Field>
      )}
      {kind === "count" && <MeasurePart form={form} />}
      {kind === "cumulative" && (
        <>
          <AmountFields form={form} path="amount" />
          <FactorFields form={form} types={types} />
        </>
      )}
    </Card>
  );
}

function MeasurePart({ form }: Pick<Part, "form">) {
  const hasMeasure = useWatch({ control: form.control, name: "hasMeasure" });
  return (
    <>
      <Choice
        label="Each must be long enough"
        hint="For example at least 10 km or 30 minutes."
        {...form.register("hasMeasure")}
      />
      {hasMeasure && <AmountFields form={form} path="amount" />}
    </>
  );
}

function TypeChoices({ form, types }: Part) {
  const [typeIds] = useWatch({ control: form.control, name: ["typeIds"] });
  const chosenIds = chosenTypes({ typeIds }, types).map(({ activityTypeId }) => activityTypeId);
  const problem = problemAt(form, "typeIds");
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-semibold">Which activities count?</legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-2">
        {choosableTypes(types, chosenIds).map(({ activityTypeId, name }) => (
          <Choice
            key={activityTypeId}
            value={activityTypeId}
            label={name}
            {...form.register("typeIds")}
          />
        ))}
      </div>
      {problem !== undefined && <FieldError>{problem}</FieldError>}
    </fieldset>
  );
}

/** What one unit of a type is worth in the sum. */
function FactorFields({ form, types }: Part) {
  const [typeIds] = useWatch({ control: form.control, name: ["typeIds"] });
  const chosen = chosenTypes({ typeIds }, types);
  if (chosen.length < 2) return null;
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-sm font-semibold">How much does each count?</legend>
      <p className="text-sm text-ink-soft">
        Empty is 1. With 0.25 for a ride, four kilometres by bike count as one.
      </p>
      <div className="grid gap-4 sm:grid-cols-3 sm:items-start">
        {chosen.map(({ activityTypeId, name }) => (
          <Field
            key={activityTypeId}
            label={name}
            error={problemAt(form, `factors.${activityTypeId}`)}
          >
            {(field) => (
              <Input
                {...field}
                inputMode="decimal"
                autoComplete="off"
                placeholder="1"
                className="tabular-nums"
                {...form.register(`factors.${activityTypeId}`)}
              />
            )}
          </Field>
        ))}
      </div>
    </fieldset>
  );
}

function GoalFields({ form, types }: Part) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "goals" });
  const [goals] = useWatch({ control: form.control, name: ["goals"] });
  const problem = problemAt(form, "goals");
  return (
    <div className="grid gap-4">
      {fields.map(({ id }, index) => (
        <fieldset key={id} className="grid gap-4 rounded-xl border border-line p-4">
          <legend className="px-1 text-sm font-semibold">Goal {index + 1}</legend>
          <Field label="Activity" error={problemAt(form, `goals.${index}.activityTypeId`)}>
            {(field) => (
              <Select {...field} {...form.register(`goals.${index}.activityTypeId`)}>
                <option value="">Choose one</option>
                {choosableTypes(types, [goals[index]?.activityTypeId ?? ""]).map(
                  ({ activityTypeId, name }) => (
                    <option key={activityTypeId} value={activityTypeId}>
                      {name}
                    </option>
                  ),
                )}
              </Select>
            )}
          </Field>
          <AmountFields form={form} path={`goals.${index}`} />
          {fields.length > 1 && (
            <Button
              variant="ghost"
              size="sm"
              className="justify-self-end"
              onClick={() => remove(index)}
            >
              <Trash2 aria-hidden />
              Remove goal {index + 1}
            </Button>
          )}
        </fieldset>
      ))}
      {problem !== undefined && <FieldError>{problem}</FieldError>}
      <Button
        variant="secondary"
        size="sm"
        className="justify-self-start"
        disabled={fields.length >= MAX_PARTS}
        onClick={() => append(NEW_GOAL)}
      >
        <Plus aria-hidden />
        Add a goal
      </Button>
    </div>
  );
}
