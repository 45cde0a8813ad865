import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { describe, expect, test } from "vitest";
import type { Rule } from "../../../lib/ruleWords";
import { readRule, readSigned } from "./readRule";
import { BLANK, emptyOption, NEW_BONUS, unitFor, valuesOf } from "./ruleValues";

const TIERED: Rule = {
  scoring: {
    kind: "tiered",
    metric: "moving_s",
    unit: "minute",
    tiers: [{ atMost: 30, points: 10 }, { points: 25 }],
  },
  bonuses: [
    { kind: "oncePerDay", points: 5, label: "Photo" },
    { kind: "oncePerDay", metric: "steps", unit: "each", atLeast: 10_000, points: 3, label: "Far" },
  ],
  limits: { maxPerDay: 2, maxPointsPerDay: 60, validWeeks: [1, 3], finalDaysOnly: true },
  category: "Fun",
  contributesToStreak: false,
  isNegative: false,
};
const VARIANTS: Rule = {
  ...TIERED,
  bonuses: [],
  limits: {},
  scoring: {
    kind: "variants",
    default: "short",
    options: [
      { key: "short", label: "Short", scoring: { kind: "fixed", points: 5 } },
      {
        key: "long",
        label: "Long",
        scoring: {
          kind: "perUnit",
          metric: "distance_m",
          unit: "mile",
          pointsPerUnit: 2,
          base: 1,
          maxUnits: 9,
        },
        when: { metric: "distance_m", unit: "km", op: "above", value: 10 },
      },
    ],
  },
};

const first = (values: typeof BLANK) => {
  const read = readRule(values);
  return read.ok ? null : read.problems[0];
};

describe("a rule", () => {
  test("comes out of its form as it went in, whatever its kind", () => {
    const rules = [...STARTER_TYPES.map(({ rule }) => rule), TIERED, VARIANTS];
    for (const rule of rules)
      expect(readRule(valuesOf({ name: "Any", ...rule }))).toEqual({ ok: true, rule });
  });

  test("that takes points is typed without a minus and stored with it, and has no bonuses", () => {
    const scoring = { ...BLANK.scoring, kind: "fixed" as const, points: "5" };
    const read = readRule({ ...BLANK, isNegative: true, scoring, bonuses: [NEW_BONUS] });
    expect(read).toMatchObject({
      ok: true,
      rule: { scoring: { kind: "fixed", points: -5 }, bonuses: [], isNegative: true },
    });
  });

  test("takes numbers with a comma, and none with a letter", () => {
    const rate = (pointsPerUnit: string) => ({
      ...BLANK,
      scoring: { ...BLANK.scoring, pointsPerUnit },
    });
    expect(readRule(rate("0,75"))).toMatchObject({ rule: { scoring: { pointsPerUnit: 0.75 } } });
    expect(first(rate("ten"))).toMatchObject({ path: "scoring.pointsPerUnit" });
    expect(first(rate(""))).toMatchObject({ path: "scoring.pointsPerUnit" });
  });

  test("is checked by the rules of the deployment, which name the field", () => {
    const tiers = [
      { atMost: "10", points: "1" },
      { atMost: "5", points: "2" },
    ];
    const scoring = { ...BLANK.scoring, kind: "tiered" as const, tiers };
    expect(first({ ...BLANK, scoring })).toEqual({
      path: "scoring.tiers.1.atMost",
      words: "The upper end must be above the tier before.",
    });
    expect(first({ ...BLANK, bonuses: [NEW_BONUS] })).toMatchObject({ path: "bonuses.0.label" });
    const limits = { ...BLANK.limits, isEveryWeek: false };
    expect(first({ ...BLANK, limits })).toMatchObject({ path: "limits.validWeeks" });
  });
});

test("a number may be below zero, with either minus", () => {
  expect(readSigned("-2.5")).toEqual({ ok: true, value: -2.5 });
  expect(readSigned(" \u22123 ")).toEqual({ ok: true, value: -3 });
  expect(Object.is(readSigned("-0"), -0)).toBe(false);
  expect(readSigned("-")).toMatchObject({ ok: false });
});

test("a new option has a key of its own", () => {
  expect(emptyOption([{ key: "option2" }]).key).toBe("option3");
});

test("a unit stays where it measures what is measured now", () => {
  expect(unitFor("elevation_m", "km")).toBe("km");
  expect(unitFor("moving_s", "km")).toBe("minute");
  expect(unitFor("steps", "minute")).toBe("each");
});
