import { api } from "@milepost/backend/api";
import { addDays } from "@milepost/backend/rules/dates";
import type { Id } from "@milepost/backend/dataModel";
import { dayNumber } from "@milepost/backend/rules/weeks";
import { useMutation } from "convex/react";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { useForm, useWatch, type UseFormReturn } from "react-hook-form";
import { toast } from "sonner";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { Choice, Field, FieldError, Input, Textarea } from "../../../components/Field";
import { Notice } from "../../../components/States";
import { wholeBetween } from "../../../lib/decimals";
import { formatDay, formatZone } from "../../../lib/format";
import { useAttempt } from "../../../lib/useAttempt";
import { useChallenge } from "../../challenges/challengeContext";
import { VisibilityChoice, WholeField } from "../../challenges/settingFields";
import { changeOf, settingsOf, STREAK_FIELDS, type SettingsValues } from "./settingsForm";

interface Part {
  form: UseFormReturn<SettingsValues>;
}

/** The settings that may change while people take part. */
export function SettingsForm({ onCountedAgain }: { onCountedAgain: (job: Id<"jobs">) => void }) {
  const challenge = useChallenge();
  const update = useMutation(api.mutations.challenges.update);
  const { problem, attempt } = useAttempt();
  const [opened, setOpened] = useState(() => settingsOf(challenge));
  const form = useForm<SettingsValues>({ defaultValues: opened });
  const { isSubmitting, dirtyFields } = form.formState;
  const touchesStreak = STREAK_FIELDS.some((name) => dirtyFields[name] === true);

  async function submit(values: SettingsValues): Promise<void> {
    const { challengeId } = challenge;
    const { jobId } = await update({ challengeId, ...changeOf(opened, values) });
    form.reset(values);
    setOpened(values);
    toast.success("Settings saved");
    if (jobId !== null) onCountedAgain(jobId);
  }

  return (
    <form
      noValidate
      className="grid gap-6"
      onSubmit={(event) => void form.handleSubmit((values) => attempt(() => submit(values)))(event)}
    >
      <AboutCard form={form} />
      <DaysCard form={form} />
      <StreakCard form={form} />
      {touchesStreak && (
        <Notice tone="warning" icon={RefreshCw}>
          Saving counts everybody’s streak again by the new rules, past days included.
        </Notice>
      )}
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button type="submit" pending={isSubmitting} className="justify-self-start">
        Save settings
      </Button>
    </form>
  );
}

function AboutCard({ form: { register, formState } }: Part) {
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="About" />
      <Field label="Name" error={formState.errors.name?.message}>
        {(field) => (
          <Input
            {...field}
            maxLength={120}
            autoComplete="off"
            {...register("name", { validate: (name) => name.trim() !== "" || "Give it a name." })}
          />
        )}
      </Field>
      <Field label="Description">
        {(field) => <Textarea {...field} maxLength={2000} {...register("description")} />}
      </Field>
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="mb-2 text-sm font-semibold">Who can see it</legend>
        <VisibilityChoice register={register("visibility")} />
      </fieldset>
    </Card>
  );
}

function DaysCard({ form }: Part) {
  const { startsOn, endsOn, timezone } = useChallenge();
  const { register, formState, control } = form;
  const { errors } = formState;
  const days = dayNumber(startsOn, endsOn);
  const from = Number(useWatch({ control, name: "finalDaysFrom" }));
  const isDayOf = Number.isInteger(from) && from >= 1 && from <= days;
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="Days" />
      <p className="-mt-2 text-sm text-ink-soft">
        {formatDay(startsOn)} to {formatDay(endsOn)}, in the zone {formatZone(timezone)}. Activities
        are dated by these, so they stay as they were made.
      </p>
      <div className="grid gap-5 sm:grid-cols-3 sm:items-start">
        <WholeField
          label="Days people can log back"
          error={errors.backdateDays}
          register={register("backdateDays", wholeBetween(0, 366))}
        />
        <WholeField
          label="Hours of grace"
          hint="How long people can log after the last day."
          error={errors.graceHours}
          register={register("graceHours", wholeBetween(0, 720))}
        />
        <WholeField
          label="Final days begin on day"
          hint={isDayOf ? formatDay(addDays(startsOn, from - 1), "long") : undefined}
          error={errors.finalDaysFrom}
          register={register("finalDaysFrom", wholeBetween(1, days))}
        />
      </div>
    </Card>
  );
}

function StreakCard({ form: { register, formState, control } }: Part) {
  const { errors } = formState;
  const hasBonus = useWatch({ control, name: "hasStreakBonus" });
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="Streak" />
      <Choice
        label="Streak bonus"
        hint="Each day in a row earns one point more than the day before."
        {...register("hasStreakBonus")}
      />
      <div className="grid gap-5 sm:grid-cols-2 sm:items-start">
        <WholeField
          label="Points a day needs to count"
          error={errors.streakMinPoints}
          register={register("streakMinPoints", wholeBetween(1, 1_000_000))}
        />
        {hasBonus && (
          <WholeField
            label="Bonus of a day, at most"
            error={errors.streakBonusDailyCap}
            register={register("streakBonusDailyCap", wholeBetween(1, 1_000))}
          />
        )}
      </div>
    </Card>
  );
}
