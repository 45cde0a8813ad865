import { unitsOf } from "@milepost/backend/rules/units";
import type { MetricName, Unit } from "./ruleWords";
import { readStored, writeStored } from "./storage";

const STORAGE_KEY = "milepost:units";
/** Regions whose road signs count in miles. */
const MILE_REGIONS = new Set(["US", "GB", "LR", "MM"]);

/** The units a region usually counts in, out of those a metric allows. */
export function usualUnit(metric: MetricName, region: string | undefined): Unit {
  const usesMiles = region !== undefined && MILE_REGIONS.has(region);
  if (usesMiles && metric === "distance_m") return "mile";
  if (usesMiles && metric === "elevation_m") return "foot";
  return unitsOf(metric)[0] ?? "each";
}

function regionOf(language: string): string | undefined {
  return new Intl.Locale(language).maximize().region;
}

/** The unit a person last typed a metric in on this device, else the usual one of their region. */
export function preferredUnit(metric: MetricName): Unit {
  const stored = readStored(STORAGE_KEY);
  const chosen =
    typeof stored === "object" && stored !== null
      ? new Map(Object.entries(stored)).get(metric)
      : null;
  const allowed = unitsOf(metric).find((unit) => unit === chosen);
  return allowed ?? usualUnit(metric, regionOf(Intl.DateTimeFormat().resolvedOptions().locale));
}

/** Remembers the unit a person chose for a metric on this device. */
export function rememberUnit(metric: MetricName, unit: Unit): void {
  const stored = readStored(STORAGE_KEY);
  writeStored(STORAGE_KEY, { ...(typeof stored === "object" ? stored : null), [metric]: unit });
}

/** Lengths and climbs in kilometres and metres, or in miles and feet. */
export type UnitSystem = "metric" | "imperial";

const SYSTEM_UNITS = {
  metric: { distance_m: "km", elevation_m: "m" },
  imperial: { distance_m: "mile", elevation_m: "foot" },
} as const;

/** The system lengths and climbs are shown in on this device; null when a form was told a mixture. */
export function preferredSystem(): UnitSystem | null {
  const [distance, elevation] = [preferredUnit("distance_m"), preferredUnit("elevation_m")];
  const isOf = (system: UnitSystem): boolean =>
    SYSTEM_UNITS[system].distance_m === distance && SYSTEM_UNITS[system].elevation_m === elevation;
  if (isOf("metric")) return "metric";
  return isOf("imperial") ? "imperial" : null;
}

/** Remembers the system for lengths and climbs on this device. */
export function rememberSystem(system: UnitSystem): void {
  rememberUnit("distance_m", SYSTEM_UNITS[system].distance_m);
  rememberUnit("elevation_m", SYSTEM_UNITS[system].elevation_m);
}
