import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { addDays, isDay } from "@milepost/backend/rules/dates";
import { dayNumber } from "@milepost/backend/rules/weeks";
import { useWatch, type UseFormReturn } from "react-hook-form";
import { useToday } from "../../app/context";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Choice, Field, FieldError, Input, Textarea } from "../../components/Field";
import { ZoneSelect } from "../../components/ZoneSelect";
import { wholeBetween } from "../../lib/decimals";
import { bonusWords, scoringWords } from "../../lib/ruleWords";
import { VisibilityChoice, WholeField } from "./settingFields";
import { LENGTHS, MAX_DAYS, wishWords, type ChallengeWish } from "./newChallenge";

interface Part {
  form: UseFormReturn<ChallengeWish>;
}

const isRealDay = (day: string) => isDay(day) || "Choose a day.";

/** What it is called, and when it runs. */
export function BasicsCard({ form }: Part) {
  const { register, formState } = form;
  const { errors } = formState;
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
      <DayFields form={form} />
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

/** First and last day, the usual lengths at a press, and what they mean in words. */
function DayFields({ form: { register, control, formState, setValue } }: Part) {
  const { errors } = formState;
  const today = useToday();
  const wish = useWatch({ control, compute: (typed: ChallengeWish) => typed });
  const { startsOn } = wish;
  return (
    <>
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
      <fieldset className="-mt-2 flex flex-wrap gap-2">
        <legend className="sr-only">Usual lengths</legend>
        {LENGTHS.map(({ words, days }) => (
          <Button
            key={days}
            variant="secondary"
            size="sm"
            disabled={!isDay(startsOn)}
            onClick={() =>
              setValue("endsOn", addDays(startsOn, days - 1), {
                shouldDirty: true,
                shouldValidate: true,
              })
            }
          >
            {words}
          </Button>
        ))}
      </fieldset>
      <div
        aria-live="polite"
        className="grid gap-1 rounded-xl bg-sunken px-4 py-3 text-sm empty:hidden"
      >
        {wishWords(wish, today).map((words) => (
          <p key={words}>{words}</p>
        ))}
      </div>
    </>
  );
}

/** Who may look and join. */
export function AudienceCard({ form: { register } }: Part) {
  return (
    <Card>
      <fieldset className="grid gap-3">
        <legend className="mb-3 text-lg font-bold">Who can see it</legend>
        <VisibilityChoice register={register("visibility")} />
      </fieldset>
    </Card>
  );
}

/** What can be logged, with its points. */
export function TypesCard({ form: { register, formState } }: Part) {
  return (
    <Card>
      <fieldset className="grid gap-3 sm:grid-cols-2">
        <legend className="mb-1 text-lg font-bold">Activities</legend>
        <p className="text-sm text-ink-soft sm:col-span-2">
          What people can log, and what it earns. You can change the points and add others later.
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

/** Streaks and late entries. */
export function RulesCard({ form: { register, formState } }: Part) {
  const { errors } = formState;
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="Streaks and late entries" />
      <Choice
        label="Streak bonus"
        hint="Each day in a row earns one point more than the day before."
        {...register("hasStreakBonus")}
      />
      <WholeField
        label="Points a day needs to count for the streak"
        error={errors.streakMinPoints}
        register={register("streakMinPoints", wholeBetween(1, 1_000_000))}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <WholeField
          label="Days people can log back"
          error={errors.backdateDays}
          register={register("backdateDays", wholeBetween(0, 366))}
        />
        <WholeField
          label="Hours of grace after the end"
          error={errors.graceHours}
          register={register("graceHours", wholeBetween(0, 720))}
        />
      </div>
    </Card>
  );
}
