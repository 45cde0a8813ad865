import {
  fromCanonical,
  METRIC_BOUNDS,
  METRIC_NAMES,
  toCanonical,
} from "@milepost/backend/rules/units";
import { parseDecimal } from "../../lib/decimals";
import type { Metrics } from "../../lib/metricWords";
import { formatAmount, type MetricName, type Rule, type Unit } from "../../lib/ruleWords";

/** What a person typed for one metric. */
export interface Amount {
  text: string;
  unit: Unit;
}

/** Every metric has one, shown or not: changing the type keeps what was typed. */
export type Amounts = Record<MetricName, Amount>;

/** The fields of the log form and of the edit dialog. */
export interface ActivityValues {
  activityTypeId: string;
  /** Key of the chosen option; one the type does not have stands for its default. */
  variant: string;
  loggedDate: string;
  amounts: Amounts;
  notes: string;
  /** Why an organiser acts as one; empty otherwise. */
  reason: string;
}

/** The key of the option that counts: the chosen one where the rule has it, else the default; none without options. */
export function variantOf({ scoring }: Pick<Rule, "scoring">, chosen: string): string | undefined {
  if (scoring.kind !== "variants") return undefined;
  return scoring.options.some(({ key }) => key === chosen) ? chosen : scoring.default;
}

/** The metrics a rule reads with an option, its bonuses' among them, in the order forms show them. */
export function metricsOfRule(
  { scoring, bonuses }: Pick<Rule, "scoring" | "bonuses">,
  variant = "",
): MetricName[] {
  const used = new Set(bonuses.map(({ metric }) => metric));
  const key = variantOf({ scoring }, variant);
  const option =
    scoring.kind === "variants" ? scoring.options.find((one) => one.key === key) : undefined;
  used.add(option?.when?.metric);
  const counted = scoring.kind === "variants" ? option?.scoring : scoring;
  if (counted !== undefined && counted.kind !== "fixed") used.add(counted.metric);
  return METRIC_NAMES.filter((metric) => used.has(metric));
}

/** The fields of an activity, each in the order forms show them. */
export interface Fields {
  required: MetricName[];
  /** What a bonus asks for, and the time beside a distance: it may stay empty. */
  optional: MetricName[];
}

/** What a rule needs with an option, and what it can use. */
export function fieldsOfRule(
  { scoring, bonuses }: Pick<Rule, "scoring" | "bonuses">,
  variant = "",
): Fields {
  const required = metricsOfRule({ scoring, bonuses: [] }, variant);
  const used = new Set(metricsOfRule({ scoring, bonuses }, variant));
  if (required.includes("distance_m") && !used.has("duration_s")) used.add("moving_s");
  const optional = METRIC_NAMES.filter((metric) => used.has(metric) && !required.includes(metric));
  return { required, optional };
}

type ReadAmount = { ok: true; value: number } | { ok: false; problem: string };

/** One typed amount as a canonical metric, or what to tell the person. */
export function readAmount(metric: MetricName, { text, unit }: Amount): ReadAmount {
  const parsed = parseDecimal(text);
  if (!parsed.ok) return parsed;
  const bound = METRIC_BOUNDS[metric];
  // Compared before converting: the conversion takes numbers below nine million only.
  if (parsed.value > fromCanonical(bound, unit)) {
    return {
      ok: false,
      problem: `At most ${formatAmount(Math.floor(fromCanonical(bound, unit)), unit)}.`,
    };
  }
  return { ok: true, value: toCanonical(parsed.value, unit) };
}

/** What the form was opened with, when it edits an activity that exists. */
export interface Original {
  metrics: Metrics;
  amounts: Amounts;
}

/** True when a field still shows a stored value as the form opened with it. */
export function isUntouched(
  name: MetricName,
  amount: Amount,
  original: Original | undefined,
): boolean {
  if (original?.metrics[name] === undefined) return false;
  const before = original.amounts[name];
  return before.text === amount.text && before.unit === amount.unit;
}

/**
 * The metrics to send, or null while a field that is needed is empty or any is wrong. An amount nobody touched keeps its
 * stored value, so that showing it in other units never changes it; so do metrics that the form does not show.
 */
export function readMetrics(
  { required, optional }: Fields,
  amounts: Amounts,
  original?: Original,
): Metrics | null {
  const metrics: Metrics = { ...original?.metrics };
  for (const name of [...required, ...optional]) {
    if (isUntouched(name, amounts[name], original)) continue;
    if (optional.includes(name) && amounts[name].text.trim() === "") {
      delete metrics[name];
      continue;
    }
    const read = readAmount(name, amounts[name]);
    if (!read.ok) return null;
    metrics[name] = read.value;
  }
  return metrics;
}

/** Stored metrics as the form shows them, empty where there is none: in the person's units, with at most three decimals. */
export function amountsOf(metrics: Metrics, unitFor: (metric: MetricName) => Unit): Amounts {
  const amountOf = (name: MetricName): Amount => {
    const unit = unitFor(name);
    const value = metrics[name];
    const text = value === undefined ? "" : String(Number(fromCanonical(value, unit).toFixed(3)));
    return { text, unit };
  };
  const entries = METRIC_NAMES.map((name) => [name, amountOf(name)] as const);
  return Object.fromEntries(entries) as Amounts;
}
