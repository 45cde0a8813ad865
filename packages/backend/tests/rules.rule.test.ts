import { describe, expect, test } from "vitest";
import { STARTER_TYPES } from "../lib/rules/catalogue";
import { checkRule } from "../lib/rules/rule";
import type { Bonus, Limits, Rule, Scoring } from "../tables/scoring";

const RULE: Rule = {
  scoring: { kind: "fixed", points: 10 },
  bonuses: [],
  limits: {},
  contributesToStreak: true,
  isNegative: false,
};
const PER_KM = { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 1 } as const;
const TIERED = { kind: "tiered", metric: "distance_m", unit: "km" } as const;
const BONUS: Extract<Bonus, { kind: "threshold" }> = {
  kind: "threshold",
  metric: "distance_m",
  unit: "km",
  atLeast: 10,
  points: 5,
  label: "Ten",
};

/** The path of the field that is refused; null when the rule is accepted. */
function refusedPath(change: Partial<Rule>): string | null {
  const checked = checkRule({ ...RULE, ...change });
  if (checked.ok) return null;
  return checked.refusal.code === "INVALID_INPUT" ? checked.refusal.path : checked.refusal.code;
}

const scoringPath = (scoring: Scoring) => refusedPath({ scoring });
const tiersPath = (...tiers: Array<{ atMost?: number; points: number }>) =>
  scoringPath({ ...TIERED, tiers });
const bonusPath = (change: Partial<typeof BONUS>) =>
  refusedPath({ bonuses: [{ ...BONUS, ...change }] });
const limitPath = (limits: Limits) => refusedPath({ limits });

test("the starter catalogue is accepted as it stands", () => {
  for (const { rule } of STARTER_TYPES) expect(checkRule(rule)).toEqual({ ok: true, value: rule });
});

const NOT_NUMBERS = [Number.NaN, Infinity, -Infinity, -0];

describe("scoring", () => {
  test("points are whole and at most a million either way", () => {
    expect(scoringPath({ kind: "fixed", points: -1_000_000 })).toBe(null);
    for (const points of [...NOT_NUMBERS, 0.5, 1_000_001, -1_000_001, 1e308]) {
      expect(scoringPath({ kind: "fixed", points }), String(points)).toBe("scoring.points");
    }
  });

  test("rates, bases and caps have at most four decimals", () => {
    expect(scoringPath({ ...PER_KM, pointsPerUnit: -0.0001, base: 0.5, maxUnits: 0.5 })).toBe(null);
    for (const value of [...NOT_NUMBERS, 0.00001, 1_000_001]) {
      const at = { ...PER_KM, pointsPerUnit: value };
      expect(scoringPath(at), String(value)).toBe("scoring.pointsPerUnit");
      expect(scoringPath({ ...PER_KM, base: value }), String(value)).toBe("scoring.base");
      expect(scoringPath({ ...PER_KM, maxUnits: value }), String(value)).toBe("scoring.maxUnits");
    }
    expect(scoringPath({ ...PER_KM, maxUnits: 0 })).toBe("scoring.maxUnits");
    expect(scoringPath({ ...PER_KM, maxUnits: -1 })).toBe("scoring.maxUnits");
  });

  test("a unit must measure its metric", () => {
    expect(scoringPath({ ...PER_KM, unit: "minute" })).toBe("scoring.unit");
    expect(scoringPath({ ...PER_KM, metric: "moving_s" })).toBe("scoring.unit");
    expect(scoringPath({ ...PER_KM, metric: "steps", unit: "each" })).toBe(null);
    expect(scoringPath({ ...TIERED, unit: "each", tiers: [{ points: 1 }] })).toBe("scoring.unit");
  });

  test("unknown kinds and metrics from outside the types are refused", () => {
    const sent = (json: string) => scoringPath(JSON.parse(json) as Scoring);
    expect(sent('{"kind":"magic"}')).toBe("scoring.kind");
    expect(sent('{"kind":"perUnit","metric":"valueOf","unit":"km","pointsPerUnit":1}')).toBe(
      "scoring.metric",
    );
  });

  test("tiers ascend, and only the last is open", () => {
    expect(tiersPath({ atMost: 0, points: 1 }, { atMost: 5, points: 2 }, { points: 3 })).toBe(null);
    expect(tiersPath()).toBe("scoring.tiers");
    expect(tiersPath({ atMost: 5, points: 1 }, { atMost: 5, points: 2 })).toBe(
      "scoring.tiers.1.atMost",
    );
    expect(tiersPath({ points: 1 }, { atMost: 5, points: 2 })).toBe("scoring.tiers.0.atMost");
    expect(tiersPath({ atMost: -1, points: 1 })).toBe("scoring.tiers.0.atMost");
    for (const value of [...NOT_NUMBERS, 1.00001]) {
      expect(tiersPath({ atMost: value, points: 1 }), String(value)).toBe("scoring.tiers.0.atMost");
      expect(tiersPath({ points: value }), String(value)).toBe("scoring.tiers.0.points");
    }
  });

  test("at most 20 tiers and 20 bonuses", () => {
    const tiers = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ atMost: index, points: 1 }));
    expect(tiersPath(...tiers(20))).toBe(null);
    expect(tiersPath(...tiers(21))).toBe("scoring.tiers");
    const bonuses = (count: number) => Array.from({ length: count }, () => BONUS);
    expect(refusedPath({ bonuses: bonuses(20) })).toBe(null);
    expect(refusedPath({ bonuses: bonuses(21) })).toBe("bonuses");
  });
});

test("bonuses are checked field by field", () => {
  expect(bonusPath({})).toBe(null);
  expect(bonusPath({ atLeast: 21.0975 })).toBe(null);
  expect(bonusPath({ atLeast: -1 })).toBe("bonuses.0.atLeast");
  expect(bonusPath({ atLeast: Number.NaN })).toBe("bonuses.0.atLeast");
  expect(bonusPath({ points: 0.5 })).toBe("bonuses.0.points");
  expect(bonusPath({ unit: "hour" })).toBe("bonuses.0.unit");
  expect(bonusPath({ label: "" })).toBe("bonuses.0.label");
  expect(bonusPath({ label: " Ten" })).toBe("bonuses.0.label");
  expect(bonusPath({ label: "x".repeat(80) })).toBe(null);
  expect(bonusPath({ label: "x".repeat(81) })).toBe("bonuses.0.label");
  for (const hidden of ["\u202E", "\u200B", "\u0000", "\n"]) {
    expect(bonusPath({ label: `T${hidden}en` })).toBe("bonuses.0.label");
  }
  expect(refusedPath({ bonuses: [BONUS, { ...BONUS, points: Infinity }] })).toBe(
    "bonuses.1.points",
  );
});

test("limits are whole numbers from 1, weeks from 1 to 53 without repeats", () => {
  expect(limitPath({ maxPerDay: 1, maxPerWeek: 7, maxPerChallenge: 2000 })).toBe(null);
  for (const name of ["maxPerDay", "maxPerWeek", "maxPerChallenge"] as const) {
    for (const value of [...NOT_NUMBERS, 0, -1, 1.5, 2001]) {
      expect(limitPath({ [name]: value }), String(value)).toBe(`limits.${name}`);
    }
  }
  expect(limitPath({ validWeeks: [1, 53] })).toBe(null);
  expect(limitPath({ validWeeks: [] })).toBe("limits.validWeeks");
  expect(limitPath({ validWeeks: [1, 0] })).toBe("limits.validWeeks.1");
  expect(limitPath({ validWeeks: [54] })).toBe("limits.validWeeks.0");
  expect(limitPath({ validWeeks: [1.5] })).toBe("limits.validWeeks.0");
  expect(limitPath({ validWeeks: [2, 2] })).toBe("limits.validWeeks.1");
});

test("a category is a label", () => {
  expect(refusedPath({ category: "Cardio" })).toBe(null);
  expect(refusedPath({ category: "" })).toBe("category");
  expect(refusedPath({ category: "x".repeat(81) })).toBe("category");
});

describe("rules of days and options", () => {
  const allowance = {
    kind: "allowance",
    metric: "count",
    unit: "each",
    freePerDay: 1,
    pointsPerUnit: -5,
  } as const;
  const option = (key: string) => ({
    key,
    label: key,
    scoring: { kind: "fixed", points: 1 } as const,
  });
  const variants = (...options: Array<Extract<Scoring, { kind: "variants" }>["options"][number]>) =>
    scoringPath({ kind: "variants", options, default: "a" });
  const oncePath = (...bonuses: Bonus[]) => refusedPath({ bonuses });

  test("an allowance has a metric, its unit and no negative free amount", () => {
    expect(scoringPath(allowance)).toBe(null);
    expect(scoringPath({ ...allowance, freePerDay: 0 })).toBe(null);
    expect(scoringPath({ ...allowance, freePerDay: -1 })).toBe("scoring.freePerDay");
    expect(scoringPath({ ...allowance, unit: "km" })).toBe("scoring.unit");
    expect(scoringPath({ ...allowance, pointsPerUnit: 0.00001 })).toBe("scoring.pointsPerUnit");
  });

  test("D1 no field of a day or an option takes what is no number", () => {
    const when = { metric: "distance_m", unit: "km", op: "above", value: 5 } as const;
    const once = { ...BONUS, kind: "oncePerDay" } as const;
    for (const value of [...NOT_NUMBERS, 2 ** 53, 1e308]) {
      const inOption = (scoring: Extract<Scoring, { kind: "fixed" | "perUnit" | "tiered" }>) =>
        variants({ ...option("a"), scoring });
      const paths = [
        scoringPath({ ...allowance, freePerDay: value }),
        scoringPath({ ...allowance, pointsPerUnit: value }),
        variants({ ...option("a"), when: { ...when, value } }),
        inOption({ kind: "fixed", points: value }),
        inOption({ ...PER_KM, pointsPerUnit: value }),
        inOption({ ...TIERED, tiers: [{ atMost: value, points: 1 }] }),
        oncePath({ ...once, atLeast: value }),
        oncePath({ ...once, points: value }),
        limitPath({ maxPointsPerDay: value }),
      ];
      expect(paths, String(value)).toEqual([
        "scoring.freePerDay",
        "scoring.pointsPerUnit",
        "scoring.options.0.when.value",
        "scoring.options.0.scoring.points",
        "scoring.options.0.scoring.pointsPerUnit",
        "scoring.options.0.scoring.tiers.0.atMost",
        "bonuses.0.atLeast",
        "bonuses.0.points",
        "limits.maxPointsPerDay",
      ]);
    }
  });

  test("options have keys of their own, and the default is one of them", () => {
    const when = { metric: "distance_m", unit: "km", op: "above", value: 5 } as const;
    expect(variants(option("a"), { ...option("b"), when })).toBe(null);
    expect(variants()).toBe("scoring.options");
    expect(variants(option("b"))).toBe("scoring.default");
    expect(variants(option("a"), option("a"))).toBe("scoring.options.1.key");
    expect(variants(option("a b"))).toBe("scoring.options.0.key");
    expect(variants({ ...option("a"), label: " " })).toBe("scoring.options.0.label");
    expect(variants(option("a"), { ...option("b"), scoring: { ...PER_KM, unit: "minute" } })).toBe(
      "scoring.options.1.scoring.unit",
    );
    expect(variants({ ...option("a"), when: { ...when, value: -1 } })).toBe(
      "scoring.options.0.when.value",
    );
    expect(variants({ ...option("a"), when: { ...when, unit: "each" } })).toBe(
      "scoring.options.0.when.unit",
    );
    const many = Array.from({ length: 21 }, (_, index) => option(index === 0 ? "a" : `o${index}`));
    expect(variants(...many)).toBe("scoring.options");
  });

  test("a bonus once a day has a whole threshold or none, and a label of its own", () => {
    const once = { kind: "oncePerDay", points: 5, label: "First" } as const;
    expect(oncePath(once, { ...BONUS, kind: "oncePerDay" })).toBe(null);
    expect(oncePath({ ...once, metric: "distance_m" })).toBe("bonuses.0.unit");
    expect(oncePath({ ...once, atLeast: 5 })).toBe("bonuses.0.metric");
    expect(oncePath(once, once)).toBe("bonuses.1.label");
    expect(oncePath(once, { ...BONUS, label: "First" })).toBe(null);
  });

  test("the cap of a day is a whole number from 1", () => {
    expect(limitPath({ maxPointsPerDay: 1 })).toBe(null);
    for (const maxPointsPerDay of [0, -5, 2.5, 1_000_001, Number.NaN])
      expect(limitPath({ maxPointsPerDay })).toBe("limits.maxPointsPerDay");
  });
});
