import { useWatch, type UseFormReturn } from "react-hook-form";
import { Card, CardHeader } from "../../../components/Card";
import { Choice } from "../../../components/Field";
import { unitName } from "./MeasureChoice";
import { MeasureFields } from "./MeasureFields";
import { NumberField } from "./NumberField";
import { OptionFields } from "./OptionFields";
import type { RuleValues, ScoringValues } from "./ruleValues";
import { TierFields } from "./TierFields";

interface Part {
  form: UseFormReturn<RuleValues>;
}

const KINDS: Array<{ kind: ScoringValues["kind"]; label: string; hint: string }> = [
  { kind: "perUnit", label: "By amount", hint: "So many points per kilometre, minute or piece." },
  { kind: "fixed", label: "The same each time", hint: "However long or far it was." },
  { kind: "tiered", label: "In steps", hint: "Up to 30 minutes 10 points, above that 20." },
  { kind: "allowance", label: "After a free amount", hint: "The first ones of a day are free." },
  {
    kind: "variants",
    label: "One of several options",
    hint: "People choose, for example short or long.",
  },
];

/** Whether the activity gives or takes points, how its points are counted, and the numbers that takes. */
export function ScoringCard({ form }: Part) {
  const { control, register } = form;
  const [kind, isNegative] = useWatch({ control, name: ["scoring.kind", "isNegative"] });
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="Points" />
      <Choice
        label="Takes points away"
        hint="For drinks, sweets and the like. Write the numbers without a minus."
        {...register("isNegative")}
      />
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="mb-2 text-sm font-semibold">How are they counted?</legend>
        {KINDS.map((one) => (
          <Choice
            key={one.kind}
            type="radio"
            value={one.kind}
            label={one.label}
            hint={one.hint}
            {...register("scoring.kind")}
          />
        ))}
      </fieldset>
      {kind === "variants" ? (
        <OptionFields form={form} isNegative={isNegative} />
      ) : kind === "allowance" ? (
        <AllowanceFields form={form} isNegative={isNegative} />
      ) : (
        <PlainFields form={form} path="scoring" kind={kind} isNegative={isNegative} />
      )}
    </Card>
  );
}

interface PlainProps extends Part {
  path: "scoring" | `scoring.options.${number}.scoring`;
  kind: "fixed" | "perUnit" | "tiered";
  isNegative: boolean;
}

/** The numbers of a scoring that looks at one activity alone. */
export function PlainFields({ form, path, kind, isNegative }: PlainProps) {
  const name = isNegative ? "Points taken" : "Points";
  if (kind === "fixed")
    return <NumberField form={form} name={`${path}.points`} label={`${name} each time`} />;
  return (
    <>
      <MeasureFields form={form} path={path} />
      {kind === "tiered" ? (
        <TierFields form={form} path={path} />
      ) : (
        <RateFields form={form} path={path} name={name} />
      )}
    </>
  );
}

function RateFields({ form, path, name }: Pick<PlainProps, "form" | "path"> & { name: string }) {
  const metric = useWatch({ control: form.control, name: `${path}.metric` });
  const unit = useWatch({ control: form.control, name: `${path}.unit` });
  const { one, many } = unitName(unit, metric);
  return (
    <div className="grid gap-4 sm:grid-cols-3 sm:items-start">
      <NumberField form={form} name={`${path}.pointsPerUnit`} label={`${name} per ${one}`} />
      <NumberField
        form={form}
        name={`${path}.base`}
        label="To begin with"
        hint="Optional: for doing it at all."
        suffix="points"
      />
      <NumberField
        form={form}
        name={`${path}.maxUnits`}
        label="Counts up to"
        hint="Optional: more earns no more."
        suffix={many}
      />
    </div>
  );
}

function AllowanceFields({ form, isNegative }: Part & { isNegative: boolean }) {
  const [metric, unit] = useWatch({
    control: form.control,
    name: ["scoring.metric", "scoring.unit"],
  });
  const { one, many } = unitName(unit, metric);
  return (
    <>
      <MeasureFields form={form} path="scoring" />
      <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
        <NumberField form={form} name="scoring.freePerDay" label="Free a day" suffix={many} />
        <NumberField
          form={form}
          name="scoring.pointsPerUnit"
          label={`${isNegative ? "Points taken" : "Points"} per ${one} after that`}
        />
      </div>
    </>
  );
}
