import type { Metrics } from "../../tables/scoring";

/** Why a row needs a second look. `measured` and `limit` are in the same SI unit: s, m/s, m or steps. */
export interface Implausibility {
  code: "DAY_OVER_24_HOURS" | "FASTER_THAN_RECORD" | "TOO_MUCH_CLIMBING" | "TOO_MANY_STEPS";
  measured: number;
  limit: number;
}

/** What was done over at least `fromM` metres at most at `speed` m/s: the fastest anybody was. */
interface RecordPace {
  fromM: number;
  speed: number;
}

/**
 * World records as average speeds (distance / time of the record, rounded up), shortest first. An activity is
 * compared with the longest record it reaches, shorter ones with the first.
 *
 * - run: World Athletics, men's outdoor records: 100 m 9.58 s, 400 m 43.03 s, 800 m 1:40.91, 1,500 m 3:26.00,
 *   5,000 m 12:35.36, 10,000 m 26:11.00, half marathon 56:42 (Barcelona 2025, with a pace car), marathon 1:59:30 (London 2026); IAU: 100 km 6:05:35,
 *   24 hours 319.614 km
 * - walk: World Athletics: 20 km walk 1:16:10, 50 km walk 3:32:33; world best of the mile walk 5:31.08
 * - ride: UCI: flying 200 m 8.857 s, hour record 56.792 km
 * - swim: World Aquatics, short course freestyle: 50 m 19.90 s, 100 m 44.84 s, 1,500 m 14:06.88
 * - row: Concept2 RowErg 500 m 1:09.8; World Rowing men's eight 2,000 m 5:18.68
 */
const RECORD_PACES: Readonly<Record<string, readonly RecordPace[]>> = {
  run: [
    { fromM: 100, speed: 10.44 },
    { fromM: 400, speed: 9.3 },
    { fromM: 800, speed: 7.93 },
    { fromM: 1_500, speed: 7.29 },
    { fromM: 5_000, speed: 6.62 },
    { fromM: 10_000, speed: 6.37 },
    { fromM: 21_097.5, speed: 6.21 },
    { fromM: 42_195, speed: 5.89 },
    { fromM: 100_000, speed: 4.56 },
    { fromM: 319_614, speed: 3.7 },
  ],
  walk: [
    { fromM: 1_609.344, speed: 4.87 },
    { fromM: 20_000, speed: 4.38 },
    { fromM: 50_000, speed: 3.93 },
  ],
  ride: [
    { fromM: 200, speed: 22.59 },
    { fromM: 56_792, speed: 15.78 },
  ],
  swim: [
    { fromM: 50, speed: 2.52 },
    { fromM: 100, speed: 2.24 },
    { fromM: 1_500, speed: 1.78 },
  ],
  row: [
    { fromM: 500, speed: 7.17 },
    { fromM: 2_000, speed: 6.28 },
  ],
};

/** A watch that measures a few per cent too far makes nobody a suspect. */
const MARGIN = 1.05;
const DAY_S = 24 * 60 * 60;
/** The fastest vertical kilometre (27:21, Rémi Bonnet, Fully 2025), in metres climbed a second. */
const CLIMB_SPEED = 0.61;
/** A barometer drifts that much in minutes, m. */
const CLIMB_NOISE_M = 100;
/** More than Everest from the sea, m: asks for a second look when no time says otherwise. */
const CLIMB_LIMIT_M = 9_000;
/** Steps a second of a sprint at its fastest. */
const CADENCE = 5;
/** Steps of about 80 km: asks for a second look when no time says otherwise. */
const STEPS_LIMIT = 100_000;

/** Seconds somebody moved, else seconds it took; null when neither was measured. */
function movingSeconds({ moving_s, duration_s }: Metrics): number | null {
  return moving_s || duration_s || null;
}

/** Seconds of the day an activity takes. */
function secondsOfDay({ moving_s = 0, duration_s = 0 }: Metrics): number {
  return Math.max(moving_s, duration_s);
}

function recordSpeed(sport: string | null, distanceM: number): number | null {
  const paces = sport === null ? undefined : RECORD_PACES[sport];
  if (paces === undefined) return null;
  const reached = paces.findLast(({ fromM }) => distanceM >= fromM) ?? paces[0];
  return reached?.speed ?? null;
}

function* implausible(
  sport: string | null,
  metrics: Metrics,
  day: readonly Metrics[],
): Generator<Implausibility> {
  const daySeconds = day.reduce((sum, one) => sum + secondsOfDay(one), 0);
  if (daySeconds > DAY_S) yield { code: "DAY_OVER_24_HOURS", measured: daySeconds, limit: DAY_S };

  const { distance_m = 0, elevation_m = 0, steps = 0 } = metrics;
  const seconds = movingSeconds(metrics);
  const record = recordSpeed(sport, distance_m);
  if (seconds !== null && record !== null) {
    const measured = distance_m / seconds;
    if (measured > record * MARGIN) yield { code: "FASTER_THAN_RECORD", measured, limit: record };
  }

  const climbLimit =
    seconds === null ? CLIMB_LIMIT_M : CLIMB_NOISE_M + seconds * CLIMB_SPEED * MARGIN;
  if (elevation_m > climbLimit)
    yield { code: "TOO_MUCH_CLIMBING", measured: elevation_m, limit: climbLimit };

  const stepsLimit = seconds === null ? STEPS_LIMIT : seconds * CADENCE;
  if (steps > stepsLimit) yield { code: "TOO_MANY_STEPS", measured: steps, limit: stepsLimit };
}

/**
 * What about a row cannot easily be true; empty when it may well be. It flags and never refuses: the points stand until
 * somebody decides.
 *
 * The day is longer than 24 hours of activity, the activity faster than the world record over the longest distance it
 * reaches (5 % margin), climbs faster than the fastest vertical kilometre, or steps faster than a sprint. An activity
 * without a time is measured by plain bounds (9,000 m climbed, 100,000 steps), and its speed is not judged.
 *
 * Meant for the ledger's `effects` hook, per written row that is live and has an activity type.
 *
 * @param sport key of the starter catalogue: the type's `catalogueKey`, or `catalogueKeyOfLabel` of a Strava sport;
 *   null or a sport without record is not judged by speed
 * @param metrics of the row, SI units
 * @param day metrics of ALL live rows of the person on the row's day, this one included; `[metrics]` when
 *   `book.liveRowsOn(day)` is 1, so that most calls read no further row
 */
export function implausibilities(
  sport: string | null,
  metrics: Metrics,
  day: readonly Metrics[],
): Implausibility[] {
  return [...implausible(sport, metrics, day)];
}
