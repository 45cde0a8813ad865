/** When cron jobs run next: always in UTC, in the rhythm of their plan, a missed run once at most. */
import { afterEach, expect, test } from "vitest";
import { isFarAhead, nextRun, parseSchedule } from "../src/runtime/cronSchedule.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(`${text}Z`);
const schedule = (json: object) => parseSchedule("a job", json);
const daily = schedule({ type: "daily", hourUTC: 2, minuteUTC: 30 });
const hourly = schedule({ type: "hourly", minuteUTC: 5 });
const everyMinute = schedule({ type: "interval", minutes: 1 });

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

/** The next `count` runs when each is on time, as texts. */
function runs(json: object, from: string, count: number): string[] {
  const found: string[] = [];
  const plan = schedule(json);
  for (let ms: number | null = at(from); found.length < count;) {
    ms = nextRun(plan, ms!, found.length === 0 ? null : ms);
    found.push(new Date(ms!).toISOString().slice(0, 16));
  }
  return found;
}

test.each(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"])(
  "the clock of %s, and its change in spring and autumn, move no run",
  (name) => {
    process.env.TZ = name;
    for (const start of ["2026-03-07T00:00", "2026-03-28T00:00", "2026-10-24T00:00"]) {
      const first = at(start) + 2.5 * HOUR;
      let ms = nextRun(daily, at(start), null);
      for (let day = 0; day < 10; day++) {
        expect(ms).toBe(first + day * DAY);
        ms = nextRun(daily, ms!, ms);
      }
    }
  },
);

test("a month without the day is left out", () => {
  const monthly = (day: number) => ({ type: "monthly", day, hourUTC: 0, minuteUTC: 0 });
  expect(runs(monthly(31), "2026-01-31T00:00", 3)).toEqual([
    "2026-03-31T00:00",
    "2026-05-31T00:00",
    "2026-07-31T00:00",
  ]);
  expect(runs(monthly(29), "2026-12-31T00:00", 3)).toEqual([
    "2027-01-29T00:00",
    "2027-03-29T00:00",
    "2027-04-29T00:00",
  ]);
  expect(runs({ type: "cron", cron: "0 0 29 2 *" }, "2026-01-01T00:00", 2)).toEqual([
    "2028-02-29T00:00",
    "2032-02-29T00:00",
  ]);
});

test("the weekly, hourly and cron kinds run at their minutes", () => {
  const weekly = { type: "weekly", dayOfWeek: "sunday", hourUTC: 23, minuteUTC: 59 };
  expect(runs(weekly, "2026-02-28T00:00", 2)).toEqual(["2026-03-01T23:59", "2026-03-08T23:59"]);
  expect(runs({ type: "hourly", minuteUTC: 5 }, "2026-12-31T23:05", 2)).toEqual([
    "2027-01-01T00:05",
    "2027-01-01T01:05",
  ]);
  // A day of the month and a day of the week: either will do.
  expect(runs({ type: "cron", cron: "0 12 1 * MON" }, "2026-06-01T12:00", 3)).toEqual([
    "2026-06-08T12:00",
    "2026-06-15T12:00",
    "2026-06-22T12:00",
  ]);
});

test("an interval runs when it is deployed and keeps its rhythm when a run was late", () => {
  const start = at("2026-01-01T00:00");
  expect(nextRun(everyMinute, start, null)).toBe(start);
  expect(nextRun(everyMinute, start + 100, start)).toBe(start + 60_000);
  expect(nextRun(everyMinute, start + 150_000, start)).toBe(start + 180_000);
});

test("missed runs are not made up for; one that is due right now is not missed", () => {
  const planned = at("2026-01-01T02:30");
  expect(nextRun(daily, planned + 3 * DAY + HOUR, planned)).toBe(planned + 4 * DAY);
  expect(nextRun(daily, planned + 3 * DAY, planned)).toBe(planned + 3 * DAY);
  expect(nextRun(everyMinute, planned + 180_000, planned)).toBe(planned + 180_000);
});

test("a clock that is set back repeats no run", () => {
  const planned = at("2026-01-01T02:30");
  expect(nextRun(daily, planned - HOUR, planned)).toBe(planned + DAY);
  expect(nextRun(everyMinute, planned - HOUR, planned)).toBe(planned + 60_000);
  expect(isFarAhead(daily, planned - HOUR, planned + DAY)).toBe(false);
});

test("a plan of another clock is told apart", () => {
  const now = at("2026-01-01T00:00");
  for (const plan of [daily, hourly, everyMinute]) {
    expect(isFarAhead(plan, now, at("2036-01-01T00:00"))).toBe(true);
    expect(isFarAhead(plan, now, nextRun(plan, now, now)!)).toBe(false);
  }
});

test.each([
  ["0 12 * * 7", "0 (Sunday) to 6"],
  ["@daily", "five fields"],
  ["0 0 31 2 *", "never runs"],
  ["61 * * * *", "invalid expression"],
  ["* * * *", "invalid expression"],
  ["* * * * * *", "invalid expression"],
])("the expression %j is refused", (cron, reason) => {
  expect(() => schedule({ type: "cron", cron })).toThrow(reason);
});

test.each([
  { type: "interval", seconds: 0 },
  { type: "interval", minutes: 1.5 },
  { type: "daily", hourUTC: 24 },
  { type: "monthly", day: 32, hourUTC: 0 },
  { type: "yearly" },
])("the schedule %j is refused", (json) => {
  expect(() => schedule(json)).toThrow("malformed");
});
