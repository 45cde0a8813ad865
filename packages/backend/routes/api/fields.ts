import { z } from "@hono/zod-openapi";
import { METRIC_BOUNDS, toCanonical } from "../../lib/rules/units";
import type { MetricName, Metrics, Unit } from "../../tables/scoring";

/** Pieces of requests that several operations read. */

/** Convex ids have at most 37 characters. */
const MAX_ID_LENGTH = 64;
const MAX_CURSOR_LENGTH = 4096;
/** Below what `toCanonical` takes. */
const MAX_AMOUNT = 8_999_999;

export const id = (of: string) =>
  z
    .string()
    .min(1)
    .max(MAX_ID_LENGTH)
    .openapi({ description: `Id of ${of}.` });

/** Text of at most `max` UTF-16 units; halves of surrogate pairs are refused. */
export const text = (max: number, description?: string) =>
  z
    .string()
    .max(max)
    .refine((value) => !/\p{Cs}/u.test(value), "must not contain halves of surrogate pairs")
    .openapi(description === undefined ? {} : { description });

export const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "must be a calendar day YYYY-MM-DD")
  .openapi({ description: "A calendar day of the participant.", example: "2026-06-10" });

export const instant = (description: string) =>
  z
    .number()
    .int()
    .min(0)
    .max(Date.UTC(3000, 0, 1))
    .openapi({ description });

export const challengePath = { challengeId: id("the challenge of the key") };
export const activityPath = { activityId: id("an activity of the challenge of the key") };

export const gamePath = { gameId: id("a mini-game of the challenge of the key") };

/** Parameters of a list. @param most rows of a page */
export const paging = (most: number) => ({
  limit: z.coerce.number().int().min(1).max(most).default(25).openapi({ description: "Rows." }),
  cursor: z.string().max(MAX_CURSOR_LENGTH).optional().openapi({
    description: "The `nextCursor` of the page before; it fits this list with these filters only.",
  }),
});

export const today = day
  .optional()
  .openapi({ description: "The caller's calendar day, which current streaks are counted to." });

/** What a caller gives a reason for when it acts as an admin. */
export const reason = text(
  500,
  "Why: makes the call one of an admin, and needs the scope `admin`.",
);
export const expectedVersion = z.number().int().min(1).max(1e9).openapi({
  description: "The version the caller saw; a row that has another one is left alone.",
});

const si = (metric: MetricName, what: string) =>
  z.number().min(0).max(METRIC_BOUNDS[metric]).optional().openapi({ description: what });

const amount = <const Units extends [Unit, ...Unit[]]>(units: Units, description: string) =>
  z
    .strictObject({ value: z.number().min(0).max(MAX_AMOUNT), unit: z.enum(units) })
    .optional()
    .openapi({ description });

/** The friendly form of a metric, and the stored one it becomes. */
const FRIENDLY = {
  distance: "distance_m",
  elevation: "elevation_m",
  moving: "moving_s",
  duration: "duration_s",
} as const satisfies Record<string, MetricName>;
type Friendly = keyof typeof FRIENDLY;

/** Metrics in SI units, or with the unit beside them; each at most once. */
export const metrics = z
  .strictObject({
    distance_m: si("distance_m", "Metres."),
    elevation_m: si("elevation_m", "Metres climbed."),
    moving_s: si("moving_s", "Seconds of moving time."),
    duration_s: si("duration_s", "Seconds from start to end."),
    count: si("count", "How many."),
    steps: si("steps", "Steps."),
    units: si("units", "Pieces of whatever the activity type counts."),
    distance: amount(["km", "mile", "m", "foot"], "Instead of distance_m."),
    elevation: amount(["m", "foot"], "Instead of elevation_m."),
    moving: amount(["minute", "hour", "second"], "Instead of moving_s."),
    duration: amount(["minute", "hour", "second"], "Instead of duration_s."),
  })
  .superRefine((given, ctx) => {
    for (const [name, metric] of Object.entries(FRIENDLY)) {
      if (given[name as Friendly] === undefined || given[metric] === undefined) continue;
      ctx.addIssue({ code: "custom", path: [name], message: `is given as ${metric} as well` });
    }
  })
  .openapi({ example: { distance: { value: 5, unit: "km" } } });

/** Metrics as they are stored: converted once, here. */
export function toMetrics(given: z.output<typeof metrics>): Metrics {
  const { distance, elevation, moving, duration, ...canonical } = given;
  const friendly = { distance, elevation, moving, duration };
  const converted: Metrics = { ...canonical };
  for (const [name, metric] of Object.entries(FRIENDLY)) {
    const value = friendly[name as Friendly];
    if (value !== undefined) converted[metric] = toCanonical(value.value, value.unit);
  }
  return converted;
}
