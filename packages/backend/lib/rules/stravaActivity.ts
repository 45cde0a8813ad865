import type { Metrics } from "../../tables/scoring";
import { isDay } from "./dates";
import type { ImportRow } from "./importRows";
import { METRIC_DECIMALS } from "./metrics";
import { METRIC_BOUNDS } from "./units";

/** One activity of Strava as Milepost keeps it, with the athlete it belongs to. */
export interface StravaActivity {
  /** Null where the answer does not name one. */
  athleteId: string | null;
  row: ImportRow;
}

/** Fields of an object of unknown origin; empty for anything else. */
export function fieldsOfJson(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** An id as a text: Strava's have up to 11 digits and come as numbers or texts. Null for anything else. */
export function idOf(value: unknown): string | null {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === "string" && /^[1-9]\d{0,18}$/.test(text) ? text : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** A measure with as many decimals as metrics have; undefined unless it is finite and positive. */
function measureOf(value: unknown, bound = Infinity): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) return undefined;
  const scale = 10 ** METRIC_DECIMALS;
  return Math.round(Math.min(value, bound) * scale) / scale;
}

/** As in an archive, 0 is "not measured", and times are cut to the day they cannot exceed. */
function metricsOf(fields: Record<string, unknown>): Metrics {
  const duration = measureOf(fields["elapsed_time"], METRIC_BOUNDS.duration_s);
  const given: Metrics = {
    distance_m: measureOf(fields["distance"]),
    moving_s: measureOf(fields["moving_time"], METRIC_BOUNDS.moving_s) ?? duration,
    duration_s: duration,
    elevation_m: measureOf(fields["total_elevation_gain"]),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/**
 * An activity, detailed or of a list, as a row to import; null when it is none. The sport is `sport_type`, or `type`
 * where an answer has no other. The day is the first ten characters of `start_date_local`, which is local time although
 * it ends in `Z`. A hidden start time comes as a second past midnight and stays it: the day is right.
 */
export function readActivity(json: unknown): StravaActivity | null {
  const fields = fieldsOfJson(json);
  const externalId = idOf(fields["id"]);
  const sport = textOf(fields["sport_type"]) ?? textOf(fields["type"]);
  const loggedDate = textOf(fields["start_date_local"])?.slice(0, 10) ?? "";
  const startedAt = Date.parse(textOf(fields["start_date"]) ?? "");
  if (externalId === null || sport === null || !isDay(loggedDate) || Number.isNaN(startedAt))
    return null;
  const title = textOf(fields["name"]) ?? undefined;
  return {
    athleteId: idOf(fieldsOfJson(fields["athlete"])["id"]),
    row: { externalId, sport, startedAt, loggedDate, metrics: metricsOf(fields), title },
  };
}
