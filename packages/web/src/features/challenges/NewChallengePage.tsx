import { api } from "@milepost/backend/api";
import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { addDays, isDay } from "@milepost/backend/rules/dates";
import { dayNumber, totalWeeks } from "@milepost/backend/rules/weeks";
import { useNavigate } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { useState } from "react";
import { useForm, useWatch, type UseFormReturn } from "react-hook-form";
import { toast } from "sonner";
import { SignInFirst } from "../../app/SignInFirst";
import { useToday, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Choice, Field, FieldError, Input, Textarea } from "../../components/Field";
import { Page, PageHeader, usePageTitle } from "../../components/Page";
import { ZoneSelect } from "../../components/ZoneSelect";
import { formatCount, formatDay } from "../../lib/format";
import { messageOf } from "../../lib/refusals";
import { bonusWords, scoringWords } from "../../lib/ruleWords";
import { browserZone } from "../../lib/today";

const MAX_DAYS = 366;
const DEFAULT_DAYS = 42;

interface Wish {
  name: string;
  description: string;
  startsOn: string;
  endsOn: string;
  timezone: string;
  visibility: "public" | "private";
  streakMinPoints: string;
  hasStreakBonus: boolean;
  backdateDays: string;
  graceHours: string;
  starterTypes: string[];
}

export function NewChallengePage() {
  usePageTitle("New challenge");
  const viewer = useViewer();
  if (viewer === null) return <SignInFirst title="Sign in to create a challenge" />;
  return (
    <Page narrow>
      <PageHeader title="New challenge">
        Sensible choices are filled in. You are its first organiser and participant.
      </PageHeader>
      <NewChallengeForm zone={viewer.timezone ?? browserZone()} />
    </Page>
  );
}

function NewChallengeForm({ zone }: { zone: string }) {
  const today = useToday();
  const navigate = useNavigate();
  const create = useMutation(api.mutations.challenges.create);
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<Wish>({
    defaultValues: {
      name: "",
      description: "",
      startsOn: today,
      endsOn: addDays(today, DEFAULT_DAYS - 1),
      timezone: zone,
      visibility: "private",
      streakMinPoints: "10",
      hasStreakBonus: true,
      backdateDays: "7",
      graceHours: "48",
      // Penalties are offered and never a surprise.
      starterTypes: STARTER_TYPES.filter(({ rule }) => !rule.isNegative).map(({ key }) => key),
    },
  });

  async function submit(wish: Wish): Promise<void> {
    setProblem(null);
    const { hasStreakBonus, streakMinPoints, backdateDays, graceHours, ...rest } = wish;
    try {
      const { challengeId } = await create({
        ...rest,
        streakMinPoints: Number(streakMinPoints),
        backdateDays: Number(backdateDays),
        graceHours: Number(graceHours),
        streakBonus: hasStreakBonus ? "running" : "none",
      });
      toast.success("Your challenge is ready. Invite people with its join link.");
      await navigate({ to: "/c/$challengeId/organise", params: { challengeId } });
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <form
      noValidate
      className="grid gap-6"
      onSubmit={(event) => void form.handleSubmit(submit)(event)}
    >
      <BasicsCard form={form} />
      <AudienceCard form={form} />
      <TypesCard form={form} />
      <RulesCard form={form} />
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button type="submit" pending={form.formState.isSubmitting} className="justify-self-start">
        Create challenge
      </Button>
    </form>
  );
}

interface Part {
  form: UseFormReturn<Wish>;
}

const isRealDay = (day: string) => isDay(day) || "Choose a day.";

function BasicsCard({ form: { register, control, formState } }: Part) {
  const { errors } = formState;
  const [startsOn, endsOn] = useWatch({ control, name: ["startsOn", "endsOn"] });
  // A browser's date field takes years of six digits, which are no day here.
  const hasSpan = isDay(startsOn) && isDay(endsOn) && endsOn >= startsOn;
  return (
    <Card className="grid gap-5">
      <Field label="Name" error={errors.name?.message}>
        {(field) => (
          <Input
            {...field}
            maxLength={120}
            autoComplete="off"
            placeholder="Spring miles"
            {...register("name", { validate: (name) => name.trim() !== "" || "Give it a name." })}
          />
        )}
      </Field>
      <Field label="Description" hint="What it is about, and who it is for. Optional.">
        {(field) => <Textarea {...field} maxLength={2000} {...register("description")} />}
      </Field>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="First day" error={errors.startsOn?.message}>
          {(field) => (
            <Input {...field} type="date" {...register("startsOn", { validate: isRealDay })} />
          )}
        </Field>
        <Field label="Last day" error={errors.endsOn?.message}>
          {(field) => (
            <Input
              {...field}
              type="date"
              {...register("endsOn", {
                validate: (last, { startsOn: first }) => {
                  if (!isDay(first) || !isDay(last)) return isRealDay(last);
                  if (last < first) return "The last day must not be before the first.";
                  return dayNumber(first, last) <= MAX_DAYS || "At most 366 days.";
                },
              })}
            />
          )}
        </Field>
      </div>
      {hasSpan && (
        <p className="text-sm text-ink-soft">
          {formatDay(startsOn, "long")} to {formatDay(endsOn, "long")}:{" "}
          {formatCount(dayNumber(startsOn, endsOn), "day")} in{" "}
          {formatCount(totalWeeks(startsOn, endsOn), "week")}.
        </p>
      )}
      <Field label="Time zone" hint="Decides when the challenge starts and ends.">
        {(field) => (
          <ZoneSelect
            {...field}
            chosen={formState.defaultValues?.timezone}
            {...register("timezone")}
          />
        )}
      </Field>
    </Card>
  );
}

function AudienceCard({ form: { register } }: Part) {
  return (
    <Card>
      <fieldset className="grid gap-3">
        <legend className="mb-3 text-lg font-bold">Who can see it</legend>
        <Choice
          type="radio"
          value="private"
          label="Private"
          hint="Only people with the join link."
          {...register("visibility")}
        />
        <Choice
          type="radio"
          value="public"
          label="Public"
          hint="Listed on the first page; anyone can look and join."
          {...register("visibility")}
        />
      </fieldset>
    </Card>
  );
}

function TypesCard({ form: { register, formState } }: Part) {
  return (
    <Card>
      <fieldset className="grid gap-3 sm:grid-cols-2">
        <legend className="mb-1 text-lg font-bold">Activities</legend>
        <p className="text-sm text-ink-soft sm:col-span-2">
          What people can log, and what it earns.
        </p>
        {STARTER_TYPES.map(({ key, name, rule }) => (
          <Choice
            key={key}
            value={key}
            label={name}
            hint={[scoringWords(rule.scoring, rule.isNegative), ...bonusWords(rule)].join(". ")}
            {...register("starterTypes", {
              validate: (chosen) => chosen.length > 0 || "Choose at least one activity.",
            })}
          />
        ))}
        {formState.errors.starterTypes !== undefined && (
          <FieldError>{formState.errors.starterTypes.message}</FieldError>
        )}
      </fieldset>
    </Card>
  );
}

function RulesCard({ form: { register, formState } }: Part) {
  const { errors } = formState;
  const wholeFrom = (max: number) => ({
    validate: (text: string) =>
      (/^\d+$/.test(text.trim()) && Number(text) <= max) ||
      `Enter a whole number from 0 to ${max}.`,
  });
  return (
    <Card className="grid gap-5">
      <CardHeader title="Streaks and late entries" />
      <Choice
        label="Streak bonus"
        hint="Each day in a row earns one point more than the day before."
        {...register("hasStreakBonus")}
      />
      <Field
        label="Points a day needs to count for the streak"
        error={errors.streakMinPoints?.message}
      >
        {(field) => (
          <Input
            {...field}
            inputMode="numeric"
            {...register("streakMinPoints", wholeFrom(1_000_000))}
          />
        )}
      </Field>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Days people can log back" error={errors.backdateDays?.message}>
          {(field) => (
            <Input {...field} inputMode="numeric" {...register("backdateDays", wholeFrom(366))} />
          )}
        </Field>
        <Field label="Hours of grace after the end" error={errors.graceHours?.message}>
          {(field) => (
            <Input {...field} inputMode="numeric" {...register("graceHours", wholeFrom(720))} />
          )}
        </Field>
      </div>
    </Card>
  );
}
