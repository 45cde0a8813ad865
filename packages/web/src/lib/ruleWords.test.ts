import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { describe, expect, it } from "vitest";
import { bonusWords, limitWords, scoringWords } from "./ruleWords";

describe("a rule in words", () => {
  it("says what one unit earns", () => {
    const run = STARTER_TYPES.find(({ key }) => key === "run");
    expect(run && scoringWords(run.rule.scoring, false)).toBe("7.5 points per mile");
    expect(run && bonusWords(run.rule)).toEqual([
      "Half marathon: +25 from 21.098 km",
      "Marathon: +100 from 42.195 km",
    ]);
  });

  it("shows a penalty as points taken away", () => {
    expect(scoringWords({ kind: "fixed", points: 5 }, true)).toBe("\u22125 points each time");
  });

  it("names base, cap and tiers", () => {
    const perUnit = {
      kind: "perUnit",
      metric: "steps",
      unit: "each",
      pointsPerUnit: 0.01,
    } as const;
    expect(scoringWords({ ...perUnit, base: 1, maxUnits: 20000 }, false)).toBe(
      "0.01 points per step, 1 point to begin with, up to 20,000",
    );
    const tiered = { kind: "tiered", metric: "moving_s", unit: "minute" } as const;
    expect(
      scoringWords({ ...tiered, tiers: [{ atMost: 30, points: 10 }, { points: 5 }] }, false),
    ).toBe("10 points up to 30 min; 5 points above that");
  });

  it("says what is free, and what each option asks for", () => {
    const drinks = STARTER_TYPES.find(({ key }) => key === "drinks");
    expect(drinks && scoringWords(drinks.rule.scoring, drinks.rule.isNegative)).toBe(
      "\u22125 points per piece after 1 free a day",
    );
    const { rule } = drinks ?? {};
    const scoring = rule?.scoring.kind === "allowance" ? rule.scoring : undefined;
    expect(scoring && scoringWords({ ...scoring, freePerDay: 0 }, false)).toBe(
      "\u22125 points per piece",
    );
    const when = { metric: "distance_m", unit: "km", op: "atLeast", value: 10 } as const;
    const options = [
      { key: "a", label: "Short", scoring: { kind: "fixed", points: 5 } as const },
      { key: "b", label: "Long", scoring: { kind: "fixed", points: 9 } as const, when },
    ];
    expect(scoringWords({ kind: "variants", options, default: "a" }, false)).toBe(
      "Short: 5 points each time; Long (from 10 km): 9 points each time",
    );
  });

  it("tells bonuses of the day and the cap of the day", () => {
    const first = { kind: "oncePerDay", points: 5, label: "First" } as const;
    const far = { ...first, metric: "distance_m", unit: "km", atLeast: 5, label: "Far" } as const;
    expect(bonusWords({ bonuses: [first, far] })).toEqual([
      "First: +5 once a day",
      "Far: +5 once a day from 5 km",
    ]);
    expect(limitWords({ limits: { maxPointsPerDay: 50 } })).toEqual(["at most 50 points a day"]);
  });

  it("lists every limit, and nothing without one", () => {
    expect(limitWords({ limits: {} })).toEqual([]);
    expect(
      limitWords({ limits: { maxPerDay: 2, validWeeks: [1, 3], finalDaysOnly: true } }),
    ).toEqual(["at most 2 a day", "in 2 weeks: 1, 3", "in the final days only"]);
  });
});
