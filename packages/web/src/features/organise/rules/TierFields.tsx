import { MAX_TIERS } from "@milepost/backend/rules/rule";
import { Plus, Trash2 } from "lucide-react";
import { useId } from "react";
import { useFieldArray, useWatch, type UseFormReturn } from "react-hook-form";
import { Button } from "../../../components/Button";
import { FieldError, Input } from "../../../components/Field";
import { unitName } from "./MeasureChoice";
import { problemAt } from "./NumberField";
import type { RuleValues } from "./ruleValues";

interface TierFieldsProps {
  form: UseFormReturn<RuleValues>;
  path: "scoring" | `scoring.options.${number}.scoring`;
}

/** A table of steps: up to so much, so many points. The last step may be open. */
export function TierFields({ form, path }: TierFieldsProps) {
  const { control } = form;
  const { fields, append, remove } = useFieldArray({ control, name: `${path}.tiers` });
  const metric = useWatch({ control, name: `${path}.metric` });
  const unit = useWatch({ control, name: `${path}.unit` });
  const { many } = unitName(unit, metric);
  const listProblem = problemAt(form, `${path}.tiers`);
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-semibold">Steps, the smallest first</legend>
      <div className="grid grid-cols-[1fr_1fr_2.25rem] gap-2 text-sm text-ink-soft" aria-hidden>
        <span>Up to ({many})</span>
        <span>Points</span>
      </div>
      {fields.map(({ id }, index) => (
        <Tier
          key={id}
          form={form}
          path={`${path}.tiers.${index}`}
          number={index + 1}
          isLast={index === fields.length - 1}
          onRemove={fields.length > 1 ? () => remove(index) : undefined}
        />
      ))}
      {listProblem !== undefined && <FieldError>{listProblem}</FieldError>}
      <Button
        variant="secondary"
        size="sm"
        className="justify-self-start"
        disabled={fields.length >= MAX_TIERS}
        onClick={() => append({ atMost: "", points: "" })}
      >
        <Plus aria-hidden />
        Add a step
      </Button>
    </fieldset>
  );
}

interface TierProps extends Pick<TierFieldsProps, "form"> {
  path: `${TierFieldsProps["path"]}.tiers.${number}`;
  number: number;
  isLast: boolean;
  onRemove: (() => void) | undefined;
}

/** What ties a field that is wrong to the words about it. */
function problemProps(problem: string | undefined, id: string) {
  return problem === undefined ? {} : { "aria-invalid": true, "aria-describedby": id };
}

function Tier({ form, path, number, isLast, onRemove }: TierProps) {
  const id = useId();
  const problem = problemAt(form, `${path}.atMost`) ?? problemAt(form, `${path}.points`);
  return (
    <div className="grid gap-1">
      <div className="grid grid-cols-[1fr_1fr_2.25rem] items-center gap-2">
        <Input
          aria-label={`Step ${number}, up to`}
          {...problemProps(problemAt(form, `${path}.atMost`), id)}
          placeholder={isLast ? "anything above" : undefined}
          inputMode="decimal"
          autoComplete="off"
          className="tabular-nums"
          {...form.register(`${path}.atMost`)}
        />
        <Input
          aria-label={`Step ${number}, points`}
          {...problemProps(problemAt(form, `${path}.points`), id)}
          inputMode="decimal"
          autoComplete="off"
          className="tabular-nums"
          {...form.register(`${path}.points`)}
        />
        {onRemove !== undefined && (
          <Button
            variant="ghost"
            size="iconSm"
            aria-label={`Remove step ${number}`}
            onClick={onRemove}
          >
            <Trash2 aria-hidden />
          </Button>
        )}
      </div>
      {problem !== undefined && <FieldError id={id}>{problem}</FieldError>}
    </div>
  );
}
