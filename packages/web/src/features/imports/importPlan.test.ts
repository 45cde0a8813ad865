import type { ArchiveRow } from "@milepost/backend/rules/archive";
import { describe, expect, it } from "vitest";
import {
  chunksOf,
  mergeResults,
  planOf,
  rowsSkippedFor,
  rowsToHold,
  rowsToWrite,
  shipmentOf,
  summaryOf,
  unmappedLabels,
  type RowResult,
} from "./importPlan";

function row(externalId: string, sport = "Run"): ArchiveRow {
  return {
    externalId,
    sport,
    startedAt: 0,
    loggedDate: "2026-03-01",
    metrics: { distance_m: 5000 },
  };
}

const rows = [
  row("1"),
  row("2"),
  row("3", "Kitesurf"),
  row("4", "Kitesurf"),
  row("5", "Velomobile"),
  row("6"),
];
const results: RowResult[] = [
  { externalId: "1", status: "created", pointsEarned: 23 },
  { externalId: "2", status: "exists" },
  { externalId: "3", status: "skipped", reason: "UNMAPPED_SPORT" },
  { externalId: "4", status: "skipped", reason: "UNMAPPED_SPORT" },
  { externalId: "5", status: "skipped", reason: "UNMAPPED_SPORT" },
  { externalId: "6", status: "held", reason: "LIKELY_DUPLICATE" },
];

describe("chunks", () => {
  it("hold every item once, in order, none too large", () => {
    const items = Array.from({ length: 250 }, (_, index) => index);
    const chunks = chunksOf(items, 100);
    expect(chunks.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(chunks.flat()).toEqual(items);
    expect(chunksOf([], 100)).toEqual([]);
  });
});

describe("the plan of an import", () => {
  const plan = planOf(rows, results);

  it("writes what is new or changed only", () => {
    expect(rowsToWrite(plan).map(({ externalId }) => externalId)).toEqual(["1"]);
    expect(rowsToHold(plan).map(({ externalId }) => externalId)).toEqual(["6"]);
    expect(rowsSkippedFor(plan, "UNMAPPED_SPORT")).toHaveLength(3);
  });

  it("sends what is held as such, unless the person says that it is no duplicate", () => {
    const sent = (chosen: string[]) => {
      const { rows, anyway } = shipmentOf(plan, new Set(chosen));
      return [rows, anyway].map((part) => part.map(({ externalId }) => externalId));
    };
    expect(sent([])).toEqual([["1", "6"], []]);
    expect(sent(["6", "2"])).toEqual([["1"], ["6"]]);
  });

  it("counts every row once", () => {
    expect(summaryOf(results)).toEqual({
      created: 1,
      updated: 0,
      exists: 1,
      held: 1,
      skipped: [{ reason: "UNMAPPED_SPORT", count: 3 }],
    });
  });

  it("names the labels nobody mapped, the frequent ones first", () => {
    expect(unmappedLabels(plan)).toEqual([
      { label: "Kitesurf", count: 2 },
      { label: "Velomobile", count: 1 },
    ]);
  });

  it("ends with the newer result of each row", () => {
    const merged = mergeResults(plan, [{ externalId: "6", status: "created", pointsEarned: 23 }]);
    expect(summaryOf(merged)).toMatchObject({ created: 2, exists: 1 });
    expect(merged).toHaveLength(rows.length);
  });
});
