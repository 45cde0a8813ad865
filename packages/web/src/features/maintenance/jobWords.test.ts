import { describe, expect, test } from "vitest";
import {
  countsByKind,
  jobName,
  keepsStandingsOpen,
  nextStepOf,
  openCount,
  resultWords,
  stageWords,
  type Job,
} from "./jobWords";

const done = {
  status: "completed",
  error: null,
  dryRun: false,
  isPreview: false,
  counts: {},
} as const;

test("a job says that it is a dry run, and a verification always is one", () => {
  expect(jobName({ ...done, kind: "repair", dryRun: true })).toBe("Repair, dry run");
  expect(jobName({ ...done, kind: "repair" })).toBe("Repair");
  expect(jobName({ ...done, kind: "verify", dryRun: true })).toBe("Verification");
});

test("a freeze waits for what writes and is not through, and for nothing else", () => {
  const { dryRun } = done;
  const waits = (["running", "queued", "paused", "failed"] as const).map((status) =>
    keepsStandingsOpen({ status, dryRun }),
  );
  expect(waits).toEqual([true, true, true, true]);
  for (const status of ["completed", "cancelled"] as const)
    expect(keepsStandingsOpen({ status, dryRun })).toBe(false);
  expect(keepsStandingsOpen({ status: "running", dryRun: true })).toBe(false);
});

test("a step is counted from one, also after the last", () => {
  expect(stageWords({ stage: 0, stages: 5, stageName: "sums" })).toMatch(/^Step 1 of 5: /);
  expect(stageWords({ stage: 5, stages: 5, stageName: null })).toBe("Step 5 of 5");
});

test("what is explained is counted apart, after what is open", () => {
  const counts = { "pointEvents.missing (explained)": 9, dayTotals: 1, "aggregate.sum": 2 };
  expect(countsByKind(counts)).toEqual([
    { kind: "aggregate.sum", count: 2, isExplained: false },
    { kind: "dayTotals", count: 1, isExplained: false },
    { kind: "pointEvents.missing", count: 9, isExplained: true },
  ]);
  expect(openCount(counts)).toBe(3);
});

describe("the result of a job", () => {
  test.each<[string, Partial<Job> & Pick<Job, "kind">]>([
    ["Everything agrees", { kind: "verify" }],
    ["1 difference found", { kind: "verify", counts: { dayTotals: 1 } }],
    ["2 differences set right", { kind: "repair", counts: { dayTotals: 2 } }],
    ["2 differences found", { kind: "repair", dryRun: true, counts: { dayTotals: 2 } }],
    ["3 activities would change", { kind: "rescore", dryRun: true, counts: { rescored: 3 } }],
    ["1 activity changed", { kind: "rescore", counts: { rescored: 1 } }],
    ["Nothing changes", { kind: "rescore", counts: { "rescored.skipped": 1 } }],
    ["Out of luck", { kind: "repair", status: "failed", error: "Out of luck" }],
    ["Not through yet", { kind: "repair", status: "running" }],
  ])("%s", (words, job) => {
    expect(resultWords({ ...done, ...job })).toBe(words);
  });
});

describe("the next step", () => {
  const counts = { dayTotals: 1 };
  test("of a verification that found something is the dry run of a repair", () => {
    expect(nextStepOf({ ...done, kind: "verify", dryRun: true, counts })).toMatchObject({
      kind: "repair",
      dryRun: true,
    });
    expect(nextStepOf({ ...done, kind: "verify", dryRun: true })).toBe(null);
  });

  test("of a dry run is to apply it, unless it changes nothing", () => {
    expect(nextStepOf({ ...done, kind: "repair", dryRun: true, counts })).toMatchObject({
      kind: "repair",
      dryRun: false,
    });
    expect(nextStepOf({ ...done, kind: "repair", dryRun: true })).toBe(null);
    expect(nextStepOf({ ...done, kind: "rescore", dryRun: true })).toBe(null);
  });

  test("of what was applied is to verify again, and of what is not through nothing", () => {
    expect(nextStepOf({ ...done, kind: "repair" })).toMatchObject({ kind: "verify" });
    expect(nextStepOf({ ...done, kind: "repair", status: "running" })).toBe(null);
    expect(nextStepOf({ ...done, kind: "takePoints" })).toBe(null);
  });

  test("a rule nobody saved has no rescore to apply", () => {
    const preview = { ...done, kind: "rescore", dryRun: true, counts: { rescored: 1 } } as const;
    expect(nextStepOf(preview)).toMatchObject({ kind: "rescore", dryRun: false });
    expect(nextStepOf({ ...preview, isPreview: true })).toBe(null);
  });
});
