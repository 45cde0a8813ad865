import type { Id } from "@milepost/backend/dataModel";
import { describe, expect, it } from "vitest";
import { daySum, groupByDay, type HistoryRow } from "./historyRows";

function row(activityId: string, loggedDate: string | null): HistoryRow {
  return {
    activityId: activityId as Id<"activities">,
    activityTypeId: null,
    typeName: "Run",
    source: "manual",
    loggedDate,
    metrics: {},
    pointsEarned: 1,
    breakdown: [],
    version: 1,
    isSystem: false,
    variant: undefined,
    isUnderReview: false,
    isCorrected: false,
    notes: undefined,
    title: undefined,
    deletedAt: undefined,
  };
}

describe("history by day", () => {
  it("keeps the order and puts rows of one day together", () => {
    const days = groupByDay([
      row("a", "2026-03-02"),
      row("b", "2026-03-02"),
      row("c", "2026-03-01"),
      row("s", null),
    ]);
    expect(days.map(({ day, rows }) => [day, rows.map(({ activityId }) => activityId)])).toEqual([
      ["2026-03-02", ["a", "b"]],
      ["2026-03-01", ["c"]],
      [null, ["s"]],
    ]);
    expect(groupByDay([])).toEqual([]);
  });
});

it("a day comes to its points and its streak bonus, and goes on from the days before", () => {
  const stored = (day: string, points: number, streak: number) => ({
    day,
    points,
    streakPoints: points,
    activityCount: 1,
    streak,
    streakBonusPoints: streak,
  });
  const days = [
    stored("2026-03-01", 10, 1),
    stored("2026-03-02", 20, 2),
    stored("2026-03-04", -5, 0),
  ];
  expect(daySum(days, "2026-03-02")).toEqual({
    points: 22,
    streak: 2,
    streakBonusPoints: 2,
    upTo: 33,
  });
  expect(daySum(days, "2026-03-04")).toMatchObject({ points: -5, upTo: 28 });
  expect(daySum(days, "2026-03-03")).toBeNull();
});
