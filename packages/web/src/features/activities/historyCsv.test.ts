import { describe, expect, test } from "vitest";
import { historyTable, ledgerTable } from "./historyCsv";
import type { HistoryRow } from "./historyRows";
import type { LedgerEvent } from "./ledgerLines";

function row(facts: Partial<HistoryRow>): HistoryRow {
  return {
    activityId: "a" as HistoryRow["activityId"],
    activityTypeId: "t" as HistoryRow["activityTypeId"],
    typeName: "Run",
    source: "manual",
    loggedDate: "2026-06-10",
    metrics: { distance_m: 5200, moving_s: 1800 },
    pointsEarned: 52,
    breakdown: [],
    version: 1,
    isSystem: false,
    isUnderReview: false,
    isHidden: false,
    isCorrected: false,
    variant: undefined,
    notes: undefined,
    title: undefined,
    deletedAt: undefined,
    ...facts,
  };
}

describe("the file of the activities", () => {
  test("has a column per metric, and says what does not count", () => {
    const [header, first, second] = historyTable([
      row({ notes: "wet" }),
      row({ deletedAt: 1, source: "strava" }),
    ]);
    expect(header).toEqual(
      "day activity source status points distance_m moving_s duration_s elevation_m count steps units title notes".split(
        " ",
      ),
    );
    expect(first?.slice(0, 7)).toEqual([
      "2026-06-10",
      "Run",
      "Logged by hand",
      "counted",
      52,
      5200,
      1800,
    ]);
    expect(first?.at(-1)).toBe("wet");
    expect(second?.slice(2, 5)).toEqual(["Strava", "deleted, not counted", 0]);
  });

  test("has rows as long as its header, and says what is under review", () => {
    const table = historyTable([row({ isUnderReview: true })]);
    expect(new Set(table.map(({ length }) => length)).size).toBe(1);
    expect(table[1]?.[3]).toBe("counted, under review");
  });

  test("leaves empty what is private, and says so", () => {
    const [, counted, deleted] = historyTable([
      row({ isHidden: true, pointsEarned: 0, isUnderReview: true }),
      row({ isHidden: true, pointsEarned: 0, deletedAt: 1 }),
    ]);
    expect(counted?.slice(3, 5)).toEqual(["counted, points private, under review", null]);
    expect(deleted?.slice(3, 5)).toEqual(["deleted, not counted", 0]);
  });
});

test("the file of the ledger goes from the first event to the last total", () => {
  const event = (seq: number, pointsAfter: number, totalAfter: number): LedgerEvent => ({
    seq,
    kind: "created",
    reason: "logged",
    activityId: undefined,
    source: "manual",
    name: "Run",
    loggedDate: "2026-06-10",
    pointsBefore: 0,
    pointsAfter,
    totalAfter,
    isHidden: false,
    actor: "user",
    ruleVersion: 1,
    at: 0,
  });
  const hidden = { ...event(3, 0, 19), isHidden: true };
  const [, ...rows] = ledgerTable([hidden, event(2, -5, 7), event(1, 12, 12)]);
  expect(rows).toEqual([
    [1, "1970-01-01T00:00:00.000Z", "Run logged", "2026-06-10", 12, 12, null],
    [2, "1970-01-01T00:00:00.000Z", "Run logged", "2026-06-10", -5, 7, null],
    [3, "1970-01-01T00:00:00.000Z", "Run logged", "2026-06-10", null, 19, null],
  ]);
});
