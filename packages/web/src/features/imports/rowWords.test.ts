import { expect, it } from "vitest";
import type { PlannedRow } from "./importPlan";
import { newestFirst, outcomeWords } from "./rowWords";

function planned(externalId: string, loggedDate: string): PlannedRow {
  const row = { externalId, sport: "Run", startedAt: 0, loggedDate, metrics: {} };
  return { row, result: { externalId, status: "created", pointsEarned: 5 } };
}

it("says what becomes of a row, or why it does not count", () => {
  expect(outcomeWords({ externalId: "1", status: "created" })).toBe("New");
  expect(outcomeWords({ externalId: "1", status: "held" })).toBe("Perhaps logged already");
  expect(outcomeWords({ externalId: "1", status: "skipped", reason: "DELETED" })).toBe(
    "Deleted here earlier; it stays deleted",
  );
});

it("lists the newest day first, and a day in the file's order", () => {
  const plan = [planned("1", "2026-03-01"), planned("2", "2026-03-02"), planned("3", "2026-03-02")];
  expect(newestFirst(plan).map(({ row }) => row.externalId)).toEqual(["2", "3", "1"]);
});
