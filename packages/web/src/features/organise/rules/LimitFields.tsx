import { totalWeeks } from "@milepost/backend/rules/weeks";
import { useWatch, type UseFormReturn } from "react-hook-form";
import { Card, CardHeader } from "../../../components/Card";
import { Choice, FieldError } from "../../../components/Field";
import { useChallenge } from "../../challenges/challengeContext";
import { NumberField, problemAt } from "./NumberField";
import type { RuleValues } from "./ruleValues";

interface Part {
  form: UseFormReturn<RuleValues>;
}

/** How often an activity counts, how much it can earn in a day, and when it is offered. */
export function LimitCard({ form }: Part) {
  const isEveryWeek = useWatch({ control: form.control, name: "limits.isEveryWeek" });
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="Limits" />
      <p className="-mt-2 text-sm text-ink-soft">All optional: an empty field is no limit.</p>
      <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
        <NumberField form={form} name="limits.maxPerDay" label="At most a day" suffix="times" />
        <NumberField form={form} name="limits.maxPerWeek" label="At most a week" suffix="times" />
        <NumberField
          form={form}
          name="limits.maxPerChallenge"
          label="At most in the whole challenge"
          suffix="times"
        />
        <NumberField
          form={form}
          name="limits.maxPointsPerDay"
          label="Points a day, at most"
          hint="More can be logged, and earns nothing."
          suffix="points"
        />
      </div>
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="mb-2 text-sm font-semibold">When can it be logged?</legend>
        <Choice label="In every week" {...form.register("limits.isEveryWeek")} />
        <Choice label="In the final days only" {...form.register("limits.finalDaysOnly")} />
      </fieldset>
      {!isEveryWeek && <WeekChoices form={form} />}
    </Card>
  );
}

function WeekChoices({ form }: Part) {
  const { startsOn, endsOn } = useChallenge();
  const weeks = Array.from({ length: totalWeeks(startsOn, endsOn) }, (_, index) => index + 1);
  const problem = problemAt(form, "limits.validWeeks");
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-semibold">In which weeks?</legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-2">
        {weeks.map((week) => (
          <Choice
            key={week}
            value={String(week)}
            label={`Week ${week}`}
            {...form.register("limits.validWeeks")}
          />
        ))}
      </div>
      {problem !== undefined && <FieldError>{problem}</FieldError>}
    </fieldset>
  );
}
