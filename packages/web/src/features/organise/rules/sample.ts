import { priceDay } from "@milepost/backend/rules/dayPricing";
import { toCanonical } from "@milepost/backend/rules/units";
import { parseDecimal } from "../../../lib/decimals";
import type { Metrics } from "../../../lib/metricWords";
import { wordsOf } from "../../../lib/refusals";
import type { MetricName, Rule, Unit } from "../../../lib/ruleWords";
import { metricsOfRule, variantOf } from "../../activities/activityForm";

/** What a sample starts with, in whatever unit the rule counts. */
export const SAMPLE_TEXTS: Record<MetricName, string> = {
  distance_m: "5",
  moving_s: "30",
  duration_s: "30",
  elevation_m: "200",
  count: "3",
  steps: "8000",
  units: "3",
};

/** One amount of a sample: which metric, and the unit the rule counts it in. */
export interface SampleField {
  metric: MetricName;
  unit: Unit;
}

export type Sample =
  | {
      status: "ready";
      points: number;
      lines: Array<{ kind: string; label: string; points: number }>;
    }
  | { status: "refused"; words: string };

/** The unit a rule counts a metric in: that of its scoring, else of the first condition or bonus that names it. */
function unitIn(rule: Rule, metric: MetricName, variant: string): Unit {
  const { scoring, bonuses } = rule;
  const option =
    scoring.kind === "variants" ? scoring.options.find(({ key }) => key === variant) : undefined;
  const plain = scoring.kind === "variants" ? option?.scoring : scoring;
  const counted = plain === undefined || plain.kind === "fixed" ? [] : [plain];
  const named = [...counted, ...(option?.when ? [option.when] : []), ...bonuses];
  return named.find((one) => one.metric === metric)?.unit ?? "each";
}

/** The amounts a sample of a rule needs. */
export function sampleFields(rule: Rule, chosen: string): SampleField[] {
  const variant = variantOf(rule, chosen) ?? "";
  return metricsOfRule(rule, variant).map((metric) => ({
    metric,
    unit: unitIn(rule, metric, variant),
  }));
}

/** What an activity would earn by a rule that nobody saved, as the only one of its day: by the deployment's own rules. */
export function sampleScore(rule: Rule, texts: Record<MetricName, string>, chosen: string): Sample {
  const metrics: Metrics = {};
  for (const { metric, unit } of sampleFields(rule, chosen)) {
    const read = parseDecimal(texts[metric]);
    if (!read.ok) return { status: "refused", words: read.problem };
    metrics[metric] = toCanonical(read.value, unit);
  }
  const variant = variantOf(rule, chosen);
  const priced = priceDay([{ rule, metrics, ...(variant === undefined ? {} : { variant }) }]);
  if (!priced.ok) return { status: "refused", words: wordsOf(priced.refusal) };
  const score = priced.value[0];
  if (!score) return { status: "refused", words: "Nothing to count." };
  return { status: "ready", points: score.points, lines: score.lines };
}
