/** When a cron job runs next. All times are UTC. */
import { Cron } from "croner";
import { z } from "zod";
import { PushError } from "./errors.ts";

const DAYS = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;
const minute = z.number().int().min(0).max(59);
const hour = z.number().int().min(0).max(23);
const count = z.number().int().positive();

const scheduleSchema = z.union([
  z.object({ type: z.literal("interval"), seconds: count }),
  z.object({ type: z.literal("interval"), minutes: count }),
  z.object({ type: z.literal("interval"), hours: count }),
  z.object({ type: z.literal("hourly"), minuteUTC: minute.optional() }),
  z.object({ type: z.literal("daily"), hourUTC: hour, minuteUTC: minute.optional() }),
  z.object({
    type: z.literal("weekly"),
    dayOfWeek: z.enum(DAYS),
    hourUTC: hour,
    minuteUTC: minute.optional(),
  }),
  z.object({
    type: z.literal("monthly"),
    day: z.number().int().min(1).max(31),
    hourUTC: hour,
    minuteUTC: minute.optional(),
  }),
  z.object({ type: z.literal("cron"), cron: z.string() }),
]);

/** Every so many milliseconds, or at the times of a cron expression. */
export type CronSchedule = { everyMs: number } | { cron: string };

/** Reads a schedule as `crons.export()` writes it; `name` picks the minute where the author left it open. */
export function parseSchedule(name: string, json: unknown): CronSchedule {
  const parsed = scheduleSchema.safeParse(json);
  if (!parsed.success) {
    throw new PushError(
      "InvalidCronJob",
      `The schedule of the cron job "${name}" is malformed: ${z.prettifyError(parsed.error)}`,
    );
  }
  const schedule = toSchedule(name, parsed.data);
  if ("cron" in schedule) checkExpression(name, schedule.cron);
  return schedule;
}

function toSchedule(name: string, schedule: z.infer<typeof scheduleSchema>): CronSchedule {
  switch (schedule.type) {
    case "interval":
      if ("seconds" in schedule) return { everyMs: schedule.seconds * 1000 };
      if ("minutes" in schedule) return { everyMs: schedule.minutes * 60_000 };
      return { everyMs: schedule.hours * 3_600_000 };
    case "cron":
      return { cron: schedule.cron };
    default: {
      const at = schedule.minuteUTC ?? openMinute(name);
      if (schedule.type === "hourly") return { cron: `${at} * * * *` };
      const time = `${at} ${schedule.hourUTC}`;
      if (schedule.type === "daily") return { cron: `${time} * * *` };
      if (schedule.type === "monthly") return { cron: `${time} ${schedule.day} * *` };
      return { cron: `${time} * * ${DAYS.indexOf(schedule.dayOfWeek)}` };
    }
  }
}

/** Spreads jobs without a minute over the hour, the same one each time. */
function openMinute(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) % 60;
  return hash;
}

function checkExpression(name: string, expression: string): void {
  try {
    checkSyntax(expression);
    if (nextRun({ cron: expression }, Date.now(), null) !== null) return;
  } catch (error) {
    throw new PushError(
      "InvalidCronJob",
      `The cron job "${name}" has an invalid expression "${expression}": ${(error as Error).message}`,
    );
  }
  throw new PushError("InvalidCronJob", `The cron job "${name}" ("${expression}") never runs.`);
}

/** Refuses what croner takes and Convex does not. */
function checkSyntax(expression: string): void {
  if (expression.startsWith("@")) throw new Error("Write the five fields instead of a nickname.");
  const weekdays = expression.trim().split(/\s+/)[4] ?? "";
  if (/7/.test(weekdays.replace(/#\d/g, ""))) {
    throw new Error("The days of the week are 0 (Sunday) to 6, or SUN to SAT.");
  }
}

/**
 * The first run that is not missed at `nowMs`, in milliseconds; null when there is none. It is behind the
 * previous planned run, `lastMs`, and keeps the rhythm of that one, so that a late run does not move the
 * later ones. However many were missed, they are not made up for.
 */
export function nextRun(
  schedule: CronSchedule,
  nowMs: number,
  lastMs: number | null,
): number | null {
  if ("everyMs" in schedule) {
    // As on Convex, a new interval runs as soon as it is deployed.
    if (lastMs === null) return nowMs;
    const periods = Math.ceil((nowMs - lastMs) / schedule.everyMs);
    return lastMs + Math.max(1, periods) * schedule.everyMs;
  }
  const cron = new Cron(schedule.cron, { timezone: "UTC", mode: "5-part" });
  // The run of this very millisecond is not missed yet.
  const afterMs = lastMs === null ? nowMs : Math.max(lastMs, nowMs - 1);
  return cron.nextRun(new Date(afterMs))?.getTime() ?? null;
}

/** True when more than one run would fall out before `nextMs`: it was planned by another clock. */
export function isFarAhead(schedule: CronSchedule, nowMs: number, nextMs: number): boolean {
  const first = nextRun(schedule, nowMs, nowMs);
  const second = first === null ? null : nextRun(schedule, first, first);
  return second !== null && nextMs > second;
}
