import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { expect, test } from "vitest";
import type { Rule } from "../../../lib/ruleWords";
import { SAMPLE_TEXTS, sampleFields, sampleScore } from "./sample";

function starter(key: string): Rule {
  const found = STARTER_TYPES.find((type) => type.key === key);
  if (found === undefined) throw new Error(key);
  return found.rule;
}

test("a sample is scored as the deployment would", () => {
  const half = sampleScore(starter("strength"), { ...SAMPLE_TEXTS, moving_s: "45" }, "");
  expect(half).toMatchObject({ status: "ready", points: 32 });
  const drinks = sampleScore(starter("drinks"), SAMPLE_TEXTS, "");
  expect(drinks).toMatchObject({ status: "ready", points: -10 });
});

test("a sample is cut to the points of a day", () => {
  const rule = { ...starter("yoga"), limits: { maxPointsPerDay: 5 } };
  const score = sampleScore(rule, SAMPLE_TEXTS, "");
  expect(score).toMatchObject({
    status: "ready",
    points: 5,
    lines: [{ points: 12 }, { points: -7 }],
  });
});

test("a sample asks for the amounts of the chosen option, in the rule's units", () => {
  const scoring = {
    kind: "variants" as const,
    default: "any",
    options: [
      { key: "any", label: "Any", scoring: { kind: "fixed" as const, points: 5 } },
      {
        key: "long",
        label: "Long",
        scoring: { kind: "fixed" as const, points: 9 },
        when: {
          metric: "distance_m" as const,
          unit: "mile" as const,
          op: "atLeast" as const,
          value: 6,
        },
      },
    ],
  };
  const rule = { ...starter("walk"), scoring };
  expect(sampleFields(rule, "")).toEqual([]);
  expect(sampleFields(rule, "long")).toEqual([{ metric: "distance_m", unit: "mile" }]);
  expect(sampleScore(rule, SAMPLE_TEXTS, "long")).toMatchObject({ status: "refused" });
  const far = { ...SAMPLE_TEXTS, distance_m: "6" };
  expect(sampleScore(rule, far, "long")).toMatchObject({ status: "ready", points: 9 });
});

test("an amount that is no number is asked for", () => {
  expect(sampleScore(starter("run"), { ...SAMPLE_TEXTS, distance_m: "far" }, "")).toMatchObject({
    status: "refused",
  });
});
