import type { Checked } from "../errors";
import type { MetricName, Metrics } from "../../tables/scoring";
import { accept, invalid } from "./checked";
import { toScaled } from "./decimal";
import { METRIC_BOUNDS } from "./units";

/** Decimals a metric may have: millimetres, milliseconds. */
export const METRIC_DECIMALS = 3;

function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRIC_BOUNDS, name);
}

/**
 * The metrics of one activity, clean: finite, from 0 to the metric's bound, at most 3 decimals, -0 as 0.
 * Refuses the first metric that is not, with the path `metrics.<name>`. Absent metrics stay absent.
 */
export function checkMetrics(metrics: Metrics): Checked<Metrics> {
  const clean: Metrics = {};
  for (const [name, value] of Object.entries(metrics)) {
    const path = `metrics.${name}`;
    if (!isMetricName(name)) return invalid(path, "is not a metric");
    if (value === undefined) continue;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return invalid(path, "must be a number");
    }
    if (value < 0) return invalid(path, "must not be negative");
    const bound = METRIC_BOUNDS[name];
    if (value > bound) return invalid(path, `must be at most ${bound}`);
    if (toScaled(value, METRIC_DECIMALS) === null) {
      return invalid(path, `must have at most ${METRIC_DECIMALS} decimals`);
    }
    clean[name] = value === 0 ? 0 : value;
  }
  return accept(clean);
}
