import { expect, test } from "vitest";
import { calendarDays } from "./calendar";
import { paceOf, paceRows } from "./pace";

const SPAN = { startsOn: "2026-02-02", endsOn: "2026-02-28" };

function days(today: string, points: Record<string, number>) {
  const stored = Object.entries(points).map(([day, gained]) => ({
    day,
    points: gained - 1,
    streakPoints: gained,
    activityCount: 1,
    streak: 1,
    streakBonusPoints: 1,
  }));
  return calendarDays({ ...SPAN, today }, stored);
}

test("own points add up from nothing, streak bonus included, and end today", () => {
  const today = "2026-02-04";
  const points = paceOf(days(today, { "2026-02-02": 10, "2026-02-04": 5 }), {
    today,
    spread: null,
  });
  expect(points.map(({ day, own }) => [day, own])).toEqual([
    ["2026-02-01", 0],
    ["2026-02-02", 10],
    ["2026-02-03", 10],
    ["2026-02-04", 15],
  ]);
  expect(points.every(({ median, leader }) => median === null && leader === null)).toBe(true);
});

test("the others' totals are spread evenly and end at what they have", () => {
  const today = "2026-02-05";
  const spread = { median: 40, best: 100 };
  const points = paceOf(days(today, {}), { today, spread });
  expect(points.map(({ median }) => median)).toEqual([0, 10, 20, 30, 40]);
  expect(points.map(({ leader }) => leader)).toEqual([0, 25, 50, 75, 100]);
});

test("an unknown spread and a challenge that has not begun draw nothing", () => {
  const today = "2026-02-02";
  const [first] = paceOf(days(today, {}), { today, spread: { median: null, best: null } });
  expect(first).toMatchObject({ median: null, leader: null });
  expect(paceOf(days("2026-02-01", {}), { today: "2026-02-01", spread: null })).toEqual([]);
});

test("the table has the end of each week of the challenge and the last day", () => {
  const today = "2026-02-18";
  const rows = paceRows(paceOf(days(today, { "2026-02-03": 7 }), { today, spread: null }));
  expect(rows.map(({ day, own }) => [day, own])).toEqual([
    ["2026-02-08", 7],
    ["2026-02-15", 7],
    ["2026-02-18", 7],
  ]);
  expect(paceRows([])).toEqual([]);
});
