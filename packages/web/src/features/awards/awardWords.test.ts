import type { Id } from "@milepost/backend/dataModel";
import { METRIC_NAMES, unitsOf } from "@milepost/backend/rules/units";
import { describe, expect, test } from "vitest";
import {
  criteriaWords,
  earnedWords,
  frequencyWords,
  isOpenTo,
  measureWords,
  pointsOf,
  towardsWords,
  type Criteria,
  type Frequency,
} from "./awardWords";

const run = "run" as Id<"activityTypes">;
const ride = "ride" as Id<"activityTypes">;
const swim = "swim" as Id<"activityTypes">;
const nameOf = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1);
const TEN_KM = { metric: "distance_m", unit: "km", atLeast: 10 } as const;

const CRITERIA: Record<Criteria["kind"], Criteria> = {
  count: { kind: "count", activityTypeIds: [run, ride], times: 3, measure: TEN_KM },
  cumulative: {
    kind: "cumulative",
    ...TEN_KM,
    atLeast: 100,
    types: [
      { activityTypeId: run, factor: 1 },
      { activityTypeId: ride, factor: 0.25 },
    ],
  },
  distinctTypes: { kind: "distinctTypes", activityTypeIds: [run, ride, swim], times: 2 },
  oneOfEach: { kind: "oneOfEach", activityTypeIds: [run, ride, swim] },
  allThresholds: {
    kind: "allThresholds",
    thresholds: [
      { activityTypeId: run, ...TEN_KM },
      { activityTypeId: ride, metric: "moving_s", unit: "hour", atLeast: 2 },
    ],
  },
};

function award(loggedDate: string, points = 40) {
  return { awardKey: `achievement/1/${loggedDate}`, loggedDate, points };
}

describe("what an achievement asks for", () => {
  test.each<[Criteria["kind"], string]>([
    ["count", "Log Run or Ride 3 times, each with at least 10 km."],
    ["cumulative", "Collect 100 km by Run or Ride. Ride counts × 0.25."],
    ["distinctTypes", "Log 2 different ones of Run, Ride or Swim."],
    ["oneOfEach", "Log each of these at least once: Run, Ride and Swim."],
    [
      "allThresholds",
      "Reach all of these, each in one activity: Run with 10 km; Ride with 2 h of active time.",
    ],
  ])("%s", (kind, words) => {
    expect(criteriaWords(CRITERIA[kind], nameOf)).toBe(words);
  });

  test("a count of one, with all decimals of its amount", () => {
    const measure = { ...TEN_KM, atLeast: 21.0975 };
    const once: Criteria = { kind: "count", activityTypeIds: [run], times: 1, measure };
    expect(criteriaWords(once, nameOf)).toBe("Log Run once, with at least 21.0975 km.");
  });

  test("a count without a measure", () => {
    const plain: Criteria = { kind: "count", activityTypeIds: [run], times: 5 };
    expect(criteriaWords(plain, nameOf)).toBe("Log Run 5 times.");
  });

  test("every metric in every unit says its amount, and its unit where it has one", () => {
    for (const metric of METRIC_NAMES)
      for (const unit of unitsOf(metric))
        expect(measureWords({ metric, unit, atLeast: 2 })).toMatch(
          unit === "each" ? /^(a count of 2|2 steps|2 units)$/ : /^2 \w/,
        );
    expect(measureWords({ metric: "steps", unit: "each", atLeast: 1 })).toBe("1 step");
    expect(measureWords({ metric: "distance_m", unit: "mile", atLeast: 1 })).toBe("1 mile");
  });
});

test.each<[Frequency, string]>([
  ["oncePerChallenge", "Once in the challenge"],
  ["oncePerWeek", "Once a week"],
  ["perQualifyingSet", "As often as you do it"],
])("%s is said as %s", (frequency, words) => {
  expect(frequencyWords(frequency)).toBe(words);
});

describe("how far somebody is", () => {
  test.each<[Criteria["kind"], number, number, string]>([
    ["count", 1, 3, "1 of 3 activities"],
    ["cumulative", 73, 100, "73 of 100 km"],
    ["distinctTypes", 1, 2, "1 of 2 different activities"],
    ["oneOfEach", 2, 3, "2 of 3 activities"],
    ["allThresholds", 1, 2, "1 of 2 goals"],
  ])("%s", (kind, value, target, words) => {
    const achievement = { criteria: CRITERIA[kind], frequency: "oncePerChallenge" as const };
    expect(towardsWords(achievement, { value, target })).toBe(words);
  });

  test.each<[Frequency, string]>([
    ["oncePerChallenge", "73 of 100 km"],
    ["oncePerWeek", "73 of 100 km this week"],
    ["perQualifyingSet", "73 of 100 km towards the next one"],
  ])("%s says of what it is", (frequency, words) => {
    const achievement = { criteria: CRITERIA.cumulative, frequency };
    expect(towardsWords(achievement, { value: 73, target: 100 })).toBe(words);
  });

  test("a week that is done says so", () => {
    const achievement = { criteria: CRITERIA.oneOfEach, frequency: "oncePerWeek" as const };
    expect(towardsWords(achievement, { value: 3, target: 3 })).toBe("Done for this week");
  });
});

describe("what somebody earned", () => {
  test("not yet, once, and several times by the last day", () => {
    expect(earnedWords([])).toBe("Not earned yet");
    expect(earnedWords([award("2026-03-12")])).toMatch(/^Earned on .*2026$/);
    const words = earnedWords([award("2026-03-14"), award("2026-03-12")]);
    expect(words).toMatch(/^Earned 2 times, last on /);
    expect(words).toContain("14");
  });

  test("points are those that were given", () => {
    expect(pointsOf([award("2026-03-12", 40), award("2026-03-13", 25)])).toBe(65);
  });

  test("once in the challenge is over when it is there; an archived one is over for all", () => {
    const once = { frequency: "oncePerChallenge", isArchived: false } as const;
    expect(isOpenTo(once, [])).toBe(true);
    expect(isOpenTo(once, [award("2026-03-12")])).toBe(false);
    expect(isOpenTo({ ...once, frequency: "oncePerWeek" }, [award("2026-03-12")])).toBe(true);
    expect(isOpenTo({ ...once, isArchived: true }, [])).toBe(false);
  });
});
