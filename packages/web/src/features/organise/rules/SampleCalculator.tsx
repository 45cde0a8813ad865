import { UNIT_LABELS } from "@milepost/backend/rules/units";
import { Calculator } from "lucide-react";
import { useState } from "react";
import { Card } from "../../../components/Card";
import { Field, Input, Select } from "../../../components/Field";
import { formatPoints } from "../../../lib/format";
import { metricLabel, optionWords, type Rule } from "../../../lib/ruleWords";
import { variantOf } from "../../activities/activityForm";
import { PointLines } from "../../activities/PointLines";
import { SAMPLE_TEXTS, sampleFields, sampleScore } from "./sample";

/** Tries the rule as it is written now, before anything is saved. `rule` null = it cannot be counted yet. */
export function SampleCalculator({ rule }: { rule: Rule | null }) {
  return (
    <Card className="lg:sticky lg:top-6">
      <h2 className="mb-3 flex items-center gap-2 text-lg font-bold">
        <Calculator className="size-5 text-accent" aria-hidden />
        Try it
      </h2>
      {rule === null ? (
        <p className="text-sm text-ink-soft">Fill in the numbers to see what they give.</p>
      ) : (
        <Sample rule={rule} />
      )}
    </Card>
  );
}

function Sample({ rule }: { rule: Rule }) {
  const [texts, setTexts] = useState(SAMPLE_TEXTS);
  const [option, setOption] = useState("");
  const { scoring } = rule;
  const sample = sampleScore(rule, texts, option);
  return (
    <div className="grid gap-4">
      {scoring.kind === "variants" && (
        <Field label="Option">
          {(field) => (
            <Select
              {...field}
              value={variantOf(rule, option)}
              onChange={({ target }) => setOption(target.value)}
            >
              {scoring.options.map((one) => (
                <option key={one.key} value={one.key}>
                  {optionWords(one)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {sampleFields(rule, option).map(({ metric, unit }) => (
        <Field
          key={metric}
          label={[metricLabel(metric), UNIT_LABELS[unit].many].filter(Boolean).join(", ")}
        >
          {(field) => (
            <Input
              {...field}
              inputMode="decimal"
              autoComplete="off"
              className="tabular-nums"
              value={texts[metric]}
              onChange={({ target }) => setTexts({ ...texts, [metric]: target.value })}
            />
          )}
        </Field>
      ))}
      <output className="block rounded-xl bg-sunken px-4 py-3">
        {sample.status === "refused" ? (
          <span className="text-sm text-ink-soft">{sample.words}</span>
        ) : (
          <>
            <span className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="text-sm font-semibold">This gives</span>
              <span className="text-xl font-extrabold whitespace-nowrap tabular-nums">
                {formatPoints(sample.points)}
              </span>
            </span>
            <PointLines lines={sample.lines} />
          </>
        )}
      </output>
    </div>
  );
}
