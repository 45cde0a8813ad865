import type { Checked } from "../errors";
import type { Condition, Metrics, Scoring, VariantOption } from "../../tables/scoring";
import { isWithin, reaches, thousandthsOf } from "./amounts";
import { accept, invalid } from "./checked";

function holds(condition: Condition | undefined, metrics: Metrics): boolean {
  if (condition === undefined) return true;
  const { metric, unit, op, value } = condition;
  const measured = thousandthsOf(metrics, metric);
  if (!measured.ok) return false;
  switch (op) {
    case "atLeast":
      return reaches(measured.value, value, unit);
    case "below":
      return !reaches(measured.value, value, unit);
    case "atMost":
      return isWithin(measured.value, value, unit);
    case "above":
      return !isWithin(measured.value, value, unit);
  }
}

type Variants = Extract<Scoring, { kind: "variants" }>;

/**
 * The option an activity is scored by: the chosen one, else the default. Refuses INVALID_INPUT (`variant`) for an
 * unknown key and for an option whose condition the metrics do not satisfy; a metric that is missing satisfies none.
 */
export function chosenOption(
  { options, default: byDefault }: Variants,
  variant: string | undefined,
  metrics: Metrics,
): Checked<VariantOption> {
  const option = options.find(({ key }) => key === (variant ?? byDefault));
  if (option === undefined) return invalid("variant", "is not an option of this activity type");
  return holds(option.when, metrics)
    ? accept(option)
    : invalid("variant", `"${option.label}" does not fit what was measured`);
}

/**
 * The option of a row nobody chooses for (an archive, Strava, a rescore): the one it has, else the default, else the first
 * whose condition holds; undefined for the default, for rules without options and when no condition holds, which
 * scoring then refuses.
 */
export function automaticVariant(
  scoring: Scoring,
  variant: string | undefined,
  metrics: Metrics,
): string | undefined {
  if (scoring.kind !== "variants") return undefined;
  const { options } = scoring;
  const isPossible = (key: string) =>
    options.some((option) => option.key === key && holds(option.when, metrics));
  if (variant !== undefined && isPossible(variant)) return variant;
  if (isPossible(scoring.default)) return undefined;
  return options.find(({ when }) => holds(when, metrics))?.key;
}
