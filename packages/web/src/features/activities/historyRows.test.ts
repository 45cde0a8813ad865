import type { Id } from "@milepost/backend/dataModel";
import { describe, expect, it } from "vitest";
import { groupByDay, type HistoryRow } from "./historyRows";

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
