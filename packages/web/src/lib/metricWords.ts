import { fromCanonical, METRIC_NAMES } from "@milepost/backend/rules/units";
import { formatAmount, type MetricName, type Unit } from "./ruleWords";

export type Metrics = Partial<Record<MetricName, number>>;

/** Seconds in words: "45 min", "1 h 05 min", "30 s". */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes}:${String(rest).padStart(2, "0")} min`;
}

function metricPart(
  metric: MetricName,
  value: number,
  unitFor: (metric: MetricName) => Unit,
): string {
  switch (metric) {
    case "moving_s":
    case "duration_s":
      return formatDuration(value);
    case "distance_m":
    case "elevation_m": {
      const unit = unitFor(metric);
      const digits = unit === "m" || unit === "foot" ? 0 : 2;
      const amount = formatAmount(Number(fromCanonical(value, unit).toFixed(digits)), unit);
      return metric === "elevation_m" ? `${amount} up` : amount;
    }
    case "steps":
      return `${formatAmount(value, "each")} steps`;
    case "count":
    case "units":
      return `${formatAmount(value, "each")} ×`;
  }
}

/**
 * An activity's metrics in words, for lists: "5.2 km · 31 min". Elapsed time is left out beside active time.
 *
 * @param unitFor the unit the reader counts a metric in
 */
export function metricWords(metrics: Metrics, unitFor: (metric: MetricName) => Unit): string {
  return METRIC_NAMES.filter((metric) => metric !== "duration_s" || metrics.moving_s === undefined)
    .flatMap((metric) => {
      const value = metrics[metric];
      return value === undefined || value === 0 ? [] : [metricPart(metric, value, unitFor)];
    })
    .join(" · ");
}
