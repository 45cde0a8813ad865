import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import type { Id } from "@milepost/backend/dataModel";
import { describe, expect, test } from "vitest";
import type { Achievement, Criteria, Frequency } from "../../awards/awardWords";
import type { ActivityType } from "../rules/RuleForm";
import {
  BLANK,
  NEW_GOAL,
  readDefinition,
  valuesOf,
  type AchievementValues,
} from "./achievementValues";
import { evaluationWords } from "./evaluationWords";

const starter = STARTER_TYPES.find(({ key }) => key === "run") ?? STARTER_TYPES[0];
const [run, ride, swim] = ["run", "ride", "swim"].map((id) => id as Id<"activityTypes">);

function typeOf(id: Id<"activityTypes"> | undefined): ActivityType[] {
  if (id === undefined || starter === undefined) return [];
  const states = { version: 1, catalogueKey: undefined, isRetired: undefined };
  return [{ activityTypeId: id, name: id, ...states, ...starter.rule }];
}
const TYPES = [run, ride, swim].flatMap(typeOf);
const IDS = TYPES.map(({ activityTypeId }) => activityTypeId);
const firstId = IDS.slice(0, 1);

const CRITERIA: Criteria[] = [
  { kind: "count", activityTypeIds: firstId, times: 3 },
  {
    kind: "count",
    activityTypeIds: IDS,
    times: 1,
    measure: { metric: "distance_m", unit: "km", atLeast: 21.0975 },
  },
  {
    kind: "cumulative",
    metric: "distance_m",
    unit: "mile",
    atLeast: 100,
    types: IDS.map((activityTypeId, index) => ({ activityTypeId, factor: index === 1 ? 0.25 : 1 })),
  },
  { kind: "distinctTypes", activityTypeIds: IDS, times: 2 },
  { kind: "oneOfEach", activityTypeIds: IDS },
  {
    kind: "allThresholds",
    thresholds: IDS.map((activityTypeId) => ({
      activityTypeId,
      metric: "moving_s",
      unit: "hour",
      atLeast: 2,
    })),
  },
];
const FREQUENCIES: Frequency[] = ["oncePerChallenge", "oncePerWeek", "perQualifyingSet"];

function saved(criteria: Criteria, frequency: Frequency): Achievement {
  return {
    achievementId: "a" as Id<"achievements">,
    name: "One",
    description: "",
    criteria,
    frequency,
    points: 40,
    version: 1,
    isArchived: false,
    isEvaluating: false,
  };
}

describe("what is saved comes back out of its form", () => {
  for (const frequency of FREQUENCIES)
    test.each(CRITERIA)(`${frequency}: $kind`, (criteria) => {
      const read = readDefinition(valuesOf(saved(criteria, frequency)), TYPES);
      expect(read).toEqual({ ok: true, definition: { criteria, frequency, points: 40 } });
    });
});

function problemsOf(change: Partial<AchievementValues>): string[] {
  const read = readDefinition({ ...BLANK, typeIds: IDS, ...change }, TYPES);
  return read.ok ? [] : read.problems.map(({ path }) => path);
}

describe("what is wrong stands at its field", () => {
  test.each<[string, Partial<AchievementValues>]>([
    ["typeIds", { typeIds: [] }],
    ["times", { times: "" }],
    ["times", { times: "1.5" }],
    ["times", { kind: "distinctTypes", times: "4" }],
    ["amount.atLeast", { hasMeasure: true, amount: { ...BLANK.amount, atLeast: "far" } }],
    ["amount.atLeast", { hasMeasure: true, amount: { ...BLANK.amount, atLeast: "0" } }],
    ["amount.atLeast", { kind: "cumulative", amount: { ...BLANK.amount, atLeast: "0" } }],
    ["factors.ride", { kind: "cumulative", factors: { ride: "0" } }],
    ["factors.ride", { kind: "cumulative", factors: { ride: "half" } }],
    ["goals", { kind: "allThresholds", goals: [] }],
    ["goals.0.activityTypeId", { kind: "allThresholds", goals: [NEW_GOAL] }],
    [
      "goals.0.atLeast",
      { kind: "allThresholds", goals: [{ ...NEW_GOAL, activityTypeId: "run", atLeast: "0" }] },
    ],
    ["points", { points: "many" }],
    ["points", { points: "2.5" }],
  ])("%s", (path, change) => {
    expect(problemsOf(change)).toEqual([path]);
  });

  test("an empty weight is 1, and a lone checkbox is a list of one", () => {
    const lone = { ...BLANK, kind: "cumulative" as const, typeIds: ["ride"] };
    const read = readDefinition(lone, TYPES);
    expect(read).toMatchObject({
      ok: true,
      definition: { criteria: { types: [{ activityTypeId: "ride", factor: 1 }] } },
    });
  });
});

test.each([
  ["running", "Giving awards: 50 people done, 1 award changed"],
  ["done", "Everybody was looked at: 1 award changed"],
  ["failed", "It stopped before everybody was looked at."],
] as const)("an evaluation that is %s", (status, words) => {
  expect(evaluationWords({ status, processed: 50, changed: 1 })).toBe(words);
});
