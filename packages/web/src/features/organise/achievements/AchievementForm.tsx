import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { set, useForm, useWatch, type FieldErrors, type UseFormReturn } from "react-hook-form";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { Choice, Field, FieldError, Input, Textarea } from "../../../components/Field";
import { useKept } from "../../../lib/draft";
import { persistently } from "../../../lib/persistently";
import { messageOf } from "../../../lib/refusals";
import {
  criteriaWords,
  frequencyWords,
  type Achievement,
  type Frequency,
} from "../../awards/awardWords";
import { useChallenge } from "../../challenges/challengeContext";
import { DraftNotice } from "../../challenges/DraftNotice";
import { useDraft } from "../../challenges/useDraft";
import { ChangedNotice } from "../ChangedNotice";
import type { ActivityType } from "../rules/RuleForm";
import {
  EXAMPLE,
  readDefinition,
  valuesOf,
  type AchievementValues,
  type Definition,
} from "./achievementValues";
import { CriteriaCard } from "./CriteriaCard";
import { problemAt } from "../rules/NumberField";
import { SaveAchievementDialog } from "./SaveAchievementDialog";

interface AchievementFormProps {
  /** The one that is changed; null makes a new one. */
  achievement: Achievement | null;
  values: AchievementValues;
  /** Somebody else changed the achievement meanwhile: starts the form again from that. */
  onReopen?: (() => void) | null;
  types: ActivityType[];
  onSaved: () => void;
}

type Form = UseFormReturn<AchievementValues>;

interface Wish {
  name: string;
  description: string;
  definition: Definition;
}

/** What is wrong with the form, by field: the deployment's own checks. */
function resolverFor(types: ActivityType[]) {
  return (values: AchievementValues) => {
    const read = readDefinition(values, types);
    const problems = read.ok ? [] : read.problems;
    if (values.name.trim() === "") problems.push({ path: "name", words: "Give it a name." });
    if (problems.length === 0) return { values, errors: {} };
    const errors: FieldErrors<AchievementValues> = {};
    for (const { path, words } of problems) set(errors, path, { type: "rule", message: words });
    return { values: {}, errors };
  };
}

function isSame(achievement: Achievement, definition: Definition, types: ActivityType[]): boolean {
  const before = readDefinition(valuesOf(achievement), types);
  return before.ok && JSON.stringify(before.definition) === JSON.stringify(definition);
}

interface SaveOptions {
  /** Makes a new one once, however often it is sent. */
  requestId: string;
  reevaluate: boolean;
}

function useSave(achievement: Achievement | null) {
  const { challengeId } = useChallenge();
  const create = useMutation(api.mutations.achievements.create);
  const update = useMutation(api.mutations.achievements.update);
  return async (wish: Wish, { requestId, reevaluate }: SaveOptions): Promise<void> => {
    const { name, description, definition } = wish;
    if (achievement === null) {
      const fields = { challengeId, name, description, ...definition, requestId };
      await persistently(() => create(fields));
      return;
    }
    const { achievementId, version } = achievement;
    const changed = reevaluate ? { ...definition, reevaluate } : {};
    await update({ achievementId, name, description, expectedVersion: version, ...changed });
  };
}

/** The form of an achievement; who would earn it is shown before it is saved. */
export function AchievementForm(props: AchievementFormProps) {
  const { achievement, values, onReopen = null, types, onSaved } = props;
  const draft = useDraft({
    form: `achievement:${achievement?.achievementId ?? "new"}`,
    of: String(achievement?.version ?? 0),
    initial: values,
    example: EXAMPLE,
  });
  const form: Form = useForm<AchievementValues>({
    defaultValues: draft.values,
    resolver: resolverFor(types),
  });
  const save = useSave(achievement);
  const [review, setReview] = useState<Wish | null>(null);
  useKept(form, draft.keep);

  async function saveNow(wish: Wish, reevaluate: boolean): Promise<void> {
    try {
      await save(wish, { requestId: draft.requestId, reevaluate });
    } catch (error) {
      draft.failed(error);
      throw error;
    }
    draft.forget();
    onSaved();
  }

  async function submit(now: AchievementValues): Promise<void> {
    const read = readDefinition(now, types);
    if (!read.ok) return;
    const { definition } = read;
    const wish = { name: now.name.trim(), description: now.description.trim(), definition };
    if (achievement === null || !isSame(achievement, definition, types)) {
      setReview(wish);
      return;
    }
    try {
      await saveNow(wish, false);
    } catch (error) {
      form.setError("root.save", { message: messageOf(error) });
    }
  }

  return (
    <>
      <form
        noValidate
        className="grid gap-6"
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
      >
        <DraftNotice draft={draft} form={form} />
        <ChangedNotice draft={draft} onReopen={onReopen} />
        <BasicsCard form={form} />
        <CriteriaCard form={form} types={types} />
        <RewardCard form={form} />
        <FormFooter form={form} types={types} isNew={achievement === null} />
      </form>
      {review !== null && (
        <SaveAchievementDialog
          name={review.name}
          definition={review.definition}
          isNew={achievement === null}
          save={async () => await saveNow(review, true)}
          onClose={() => setReview(null)}
        />
      )}
    </>
  );
}

function BasicsCard({ form }: { form: Form }) {
  return (
    <Card className="grid gap-5">
      <Field label="Name" error={problemAt(form, "name")}>
        {(field) => (
          <Input {...field} maxLength={80} autoComplete="off" {...form.register("name")} />
        )}
      </Field>
      <Field
        label="Description"
        hint="Optional: a friendly sentence. What it asks for is said by itself."
      >
        {(field) => <Textarea {...field} maxLength={500} {...form.register("description")} />}
      </Field>
    </Card>
  );
}

const FREQUENCIES: Array<{ frequency: Frequency; hint: string }> = [
  { frequency: "oncePerChallenge", hint: "The first time pays." },
  { frequency: "oncePerWeek", hint: "The first time in each week of the challenge pays." },
  {
    frequency: "perQualifyingSet",
    hint: "Every time pays; an activity counts for one award only.",
  },
];

function RewardCard({ form }: { form: Form }) {
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="What does it pay?" />
      <Field label="Points" error={problemAt(form, "points")}>
        {(field) => (
          <Input
            {...field}
            inputMode="numeric"
            autoComplete="off"
            className="max-w-40 tabular-nums"
            {...form.register("points")}
          />
        )}
      </Field>
      <fieldset className="grid gap-2">
        <legend className="mb-2 text-sm font-semibold">How often?</legend>
        {FREQUENCIES.map(({ frequency, hint }) => (
          <Choice
            key={frequency}
            type="radio"
            value={frequency}
            label={frequencyWords(frequency)}
            hint={hint}
            {...form.register("frequency")}
          />
        ))}
      </fieldset>
    </Card>
  );
}

interface FormFooterProps {
  form: Form;
  types: ActivityType[];
  isNew: boolean;
}

/** What the form says in words, as people will read it, and the button that goes on. */
function FormFooter({ form, types, isNew }: FormFooterProps) {
  const typed = useWatch({ control: form.control, compute: (now: AchievementValues) => now });
  const read = readDefinition(typed, types);
  const { isSubmitting, isSubmitted, errors } = form.formState;
  const names = new Map(types.map(({ activityTypeId, name }) => [activityTypeId, name]));
  const hasProblems = isSubmitted && Object.keys(errors).some((name) => name !== "root");
  return (
    <div className="grid gap-4">
      {read.ok && (
        <output className="rounded-card bg-sunken p-5">
          <span className="block text-sm text-ink-soft">People read</span>
          {criteriaWords(read.definition.criteria, (id) => names.get(id) ?? "")}{" "}
          {frequencyWords(read.definition.frequency)}.
        </output>
      )}
      {errors.root?.save?.message !== undefined && (
        <FieldError>{errors.root.save.message}</FieldError>
      )}
      {hasProblems && <FieldError>Something above needs another look.</FieldError>}
      <Button type="submit" pending={isSubmitting} className="justify-self-start">
        {isNew ? "See who would earn it" : "Save"}
      </Button>
    </div>
  );
}
