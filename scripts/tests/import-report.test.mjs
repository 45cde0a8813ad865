import { afterEach, expect, test, vi } from "vitest";
import { printReport } from "../lib/import-report.mjs";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
afterEach(() => log.mockClear());

const report = {
  file: "activities.csv",
  challenge: "Spring",
  person: "Ada",
  zone: "UTC",
  dryRun: true,
  refused: [{ line: 7, problem: 'Activity date "soon" is not a known format' }],
  adjusted: [],
  results: [
    { externalId: "1", status: "skipped", reason: "UNMAPPED_SPORT", sport: "Surfing" },
    { externalId: "2", status: "created", sport: "Run" },
    { externalId: "3", status: "created", sport: "Run" },
    { externalId: "4", status: "skipped", reason: "UNMAPPED_SPORT", sport: "Workout" },
    { externalId: "5", status: "skipped", reason: "UNMAPPED_SPORT", sport: "Surfing" },
  ],
};

test("an import's report counts by outcome and names what somebody can act on", () => {
  printReport(report, false);
  expect(log.mock.calls.map(([line]) => line)).toEqual([
    'Would import activities.csv for Ada into "Spring" (days in UTC):',
    "       3  skipped  UNMAPPED_SPORT",
    "       2  created",
    "Labels without an activity type here: Surfing (2), Workout (1)",
    "Rows that could not be read: 1",
    '  line 7: Activity date "soon" is not a known format',
  ]);
});

test("as JSON it is one object with the counts", () => {
  printReport(report, true);
  const [[line]] = /** @type {[[string]]} */ (log.mock.calls);
  expect(JSON.parse(line)).toEqual({
    ...report,
    counts: [
      { status: "skipped", reason: "UNMAPPED_SPORT", rows: 3 },
      { status: "created", reason: "", rows: 2 },
    ],
  });
});
