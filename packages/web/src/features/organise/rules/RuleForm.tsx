import type { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { Link } from "@tanstack/react-router";
import type { FunctionReturnType } from "convex/server";
import { useState } from "react";
import { set, useForm, useWatch, type FieldErrors, type UseFormReturn } from "react-hook-form";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { Choice, Field, FieldError, Input } from "../../../components/Field";
import { useKept } from "../../../lib/draft";
import { messageOf } from "../../../lib/refusals";
import { useChallenge } from "../../challenges/challengeContext";
import { DraftNotice } from "../../challenges/DraftNotice";
import { useDraft } from "../../challenges/useDraft";
import { ChangedNotice } from "../ChangedNotice";
import { BonusCard } from "./BonusFields";
import { LimitCard } from "./LimitFields";
import { problemAt } from "./NumberField";
import { readRule } from "./readRule";
import { EXAMPLE, valuesOf, type RuleValues } from "./ruleValues";
import { SampleCalculator } from "./SampleCalculator";
import { SaveRuleDialog } from "./SaveRuleDialog";
import { ScoringCard } from "./ScoringFields";
import { fieldOf, useSaveType, type TypeWish } from "./useSaveType";

export type ActivityType = FunctionReturnType<typeof api.queries.activityTypes.list>[number];

interface RuleFormProps {
  /** The type that is changed; null makes a new one. */
  type: ActivityType | null;
  /** What the form starts with. */
  values: RuleValues;
  /** Somebody else changed the type meanwhile: starts the form again from that. */
  onReopen?: (() => void) | null;
  /** The starter type a new one is taken from, so that sports of imports find it. */
  catalogueKey?: string;
  categories: string[];
  /** Saved; with the job that scores past activities again, where one was started. */
  onSaved: (jobId: Id<"jobs"> | null) => void;
}

/** What is wrong with the form, by field: the deployment's own checks, made while typing. */
function resolve(values: RuleValues) {
  const read = readRule(values);
  const problems = read.ok ? [] : read.problems;
  if (values.name.trim() === "") problems.push({ path: "name", words: "Give it a name." });
  if (problems.length === 0) return { values, errors: {} };
  const errors: FieldErrors<RuleValues> = {};
  for (const { path, words } of problems) set(errors, path, { type: "rule", message: words });
  return { values: {}, errors };
}

function isSameRule(type: ActivityType, { rule }: TypeWish): boolean {
  const before = readRule(valuesOf(type));
  return before.ok && JSON.stringify(before.rule) === JSON.stringify(rule);
}

/** The form of an activity type: points, bonuses, limits and streak, with what they give beside it. */
export function RuleForm(props: RuleFormProps) {
  const { type, values, onReopen = null, catalogueKey, categories, onSaved } = props;
  const draft = useDraft({
    form: `rule:${type?.activityTypeId ?? `new:${values.name}`}`,
    of: String(type?.version ?? 0),
    initial: values,
    example: EXAMPLE,
  });
  const form = useForm<RuleValues>({ defaultValues: draft.values, resolver: resolve });
  const save = useSaveType(type?.activityTypeId ?? null);
  const [review, setReview] = useState<TypeWish | null>(null);
  const typed = useWatch({ control: form.control, compute: (now: RuleValues) => now });
  const read = readRule(typed);
  useKept(form, draft.keep);

  function finish(job: Id<"jobs"> | null): void {
    draft.forget();
    onSaved(job);
  }

  async function saveNow(wish: TypeWish): Promise<void> {
    try {
      await save(wish);
      finish(null);
    } catch (error) {
      const isAboutName = fieldOf(error) === "name";
      form.setError(isAboutName ? "name" : "root.save", { message: messageOf(error) });
    }
  }

  async function submit(now: RuleValues): Promise<void> {
    const checked = readRule(now);
    if (!checked.ok) return;
    const wish = {
      name: now.name.trim(),
      rule: checked.rule,
      ...(catalogueKey && { catalogueKey }),
    };
    if (type === null || isSameRule(type, wish)) await saveNow(wish);
    else setReview(wish);
  }

  return (
    <>
      <form
        noValidate
        className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_16rem] xl:items-start"
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
      >
        <div className="grid min-w-0 gap-6">
          <DraftNotice draft={draft} form={form} />
          <ChangedNotice draft={draft} onReopen={onReopen} />
          <BasicsCard form={form} categories={categories} />
          <ScoringCard form={form} />
          {!typed.isNegative && <BonusCard form={form} />}
          <LimitCard form={form} />
        </div>
        <SampleCalculator rule={read.ok ? read.rule : null} />
        <FormFooter form={form} isNew={type === null} />
      </form>
      {type !== null && review !== null && (
        <SaveRuleDialog
          activityTypeId={type.activityTypeId}
          name={type.name}
          rule={review.rule}
          save={async () => await save(review)}
          onSaved={finish}
          onClose={() => setReview(null)}
        />
      )}
    </>
  );
}

function FormFooter({ form, isNew }: { form: UseFormReturn<RuleValues>; isNew: boolean }) {
  const { challengeId } = useChallenge();
  const { isSubmitting, errors, isSubmitted } = form.formState;
  const problem = errors.root?.save?.message;
  const hasProblems = isSubmitted && Object.keys(errors).some((name) => name !== "root");
  return (
    <div className="grid gap-3 xl:col-span-2">
      {problem !== undefined && <FieldError>{problem}</FieldError>}
      {hasProblems && <FieldError>Something above needs another look.</FieldError>}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" pending={isSubmitting}>
          {isNew ? "Add activity" : "Save"}
        </Button>
        <Button asChild variant="ghost">
          <Link to="/c/$challengeId/organise/rules" params={{ challengeId }}>
            Cancel
          </Link>
        </Button>
      </div>
    </div>
  );
}

function BasicsCard({
  form,
  categories,
}: {
  form: UseFormReturn<RuleValues>;
  categories: string[];
}) {
  const { register } = form;
  return (
    <Card className="grid gap-5">
      <div className="grid gap-5 sm:grid-cols-2 sm:items-start">
        <Field label="Name" error={problemAt(form, "name")}>
          {(field) => <Input {...field} maxLength={80} autoComplete="off" {...register("name")} />}
        </Field>
        <Field
          label="Category"
          hint="Optional: gives a board of its own."
          error={problemAt(form, "category")}
        >
          {(field) => (
            <Input
              {...field}
              maxLength={40}
              autoComplete="off"
              list="categories"
              {...register("category")}
            />
          )}
        </Field>
      </div>
      <datalist id="categories">
        {categories.map((category) => (
          <option key={category} value={category}>
            {category}
          </option>
        ))}
      </datalist>
      <Choice
        label="Counts for the streak"
        hint="Its points help a day reach what the streak asks for."
        {...register("contributesToStreak")}
      />
    </Card>
  );
}
