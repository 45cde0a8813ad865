import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { STARTER_TYPES } from "../lib/rules/catalogue";
import { priceDay, scoreActivity } from "../lib/rules/dayPricing";
import { toCanonical } from "../lib/rules/units";
import { automaticVariant } from "../lib/rules/variants";
import type { Bonus, Metrics, Rule, Scoring, Unit } from "../tables/scoring";

function ruleOf(scoring: Scoring, rest: Partial<Rule> = {}): Rule {
  return {
    scoring,
    bonuses: [],
    limits: {},
    contributesToStreak: true,
    isNegative: false,
    ...rest,
  };
}

function starter(key: string): Rule {
  const type = STARTER_TYPES.find((candidate) => candidate.key === key);
  if (!type) throw new Error(`no starter type ${key}`);
  return type.rule;
}

function scoreOf(rule: Rule, metrics: Metrics) {
  const checked = scoreActivity(rule, metrics);
  if (!checked.ok) throw new Error(JSON.stringify(checked.refusal));
  return checked.value;
}

function pointsOf(rule: Rule, metrics: Metrics): number {
  return scoreOf(rule, metrics).points;
}

/** A fraction of whole numbers, read from a number's own decimal text: the model shares no arithmetic with the rules. */
interface Ratio {
  top: bigint;
  bottom: bigint;
}

function ratioOf(value: number): Ratio {
  const [whole = "0", fraction = ""] = value.toFixed(6).split(".");
  return { top: BigInt(whole + fraction), bottom: 10n ** BigInt(fraction.length) };
}

const times = (a: Ratio, b: Ratio): Ratio => ({ top: a.top * b.top, bottom: a.bottom * b.bottom });
const over = (a: Ratio, b: Ratio): Ratio => ({ top: a.top * b.bottom, bottom: a.bottom * b.top });
const plus = (a: Ratio, b: Ratio): Ratio => ({
  top: a.top * b.bottom + b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});
const atLeast = (a: Ratio, b: Ratio) => a.top * b.bottom >= b.top * a.bottom;

/** The whole number nearest to a fraction; exactly in the middle, the one further from zero. */
function nearest({ top, bottom }: Ratio): number {
  const size = top < 0n ? -top : top;
  const floor = size / bottom;
  const rest = size - floor * bottom;
  const whole = Number(rest * 2n >= bottom ? floor + 1n : floor);
  return top < 0n ? 0 - whole : whole;
}

const SIZES: Record<Unit, number> = {
  m: 1,
  km: 1000,
  mile: 1609.344,
  foot: 0.3048,
  second: 1,
  minute: 60,
  hour: 3600,
  each: 1,
};

function modelOfPerUnit(
  { unit, pointsPerUnit, base = 0, maxUnits }: Extract<Scoring, { kind: "perUnit" }>,
  value: number,
): number {
  const units = over(ratioOf(value), ratioOf(SIZES[unit]));
  const cap = maxUnits === undefined ? units : ratioOf(maxUnits);
  const counted = atLeast(units, cap) ? cap : units;
  return nearest(plus(ratioOf(base), times(ratioOf(pointsPerUnit), counted)));
}

const thousandths = (max: number) =>
  fc.integer({ min: 0, max: max * 1000 }).map((value) => value / 1000);
const rates = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 10_000);

describe("perUnit", () => {
  test("rounds halves away from zero: 0.7/min x 45 min is 32", () => {
    expect(pointsOf(starter("strength"), { moving_s: 2700 })).toBe(32);
    const penalty = ruleOf({ kind: "perUnit", metric: "count", unit: "each", pointsPerUnit: -0.5 });
    expect(pointsOf(penalty, { count: 3 })).toBe(-2);
    expect(pointsOf(penalty, { count: 0 })).toBe(0);
  });

  test.each([
    ["run", { distance_m: 1609.344 }, 8],
    ["run", { distance_m: 5000 }, 23],
    ["ride", { distance_m: 40_000 }, 60],
    ["row", { distance_m: 2_000 }, 10],
    ["swim", { distance_m: 1_250 }, 12],
    ["walk", { distance_m: 0 }, 0],
    ["highIntensity", { moving_s: 1_500 }, 23],
    ["lowIntensity", { moving_s: 3_600 }, 36],
    ["yoga", { moving_s: 3_600 }, 24],
  ])("%s of %o earns %i", (key, metrics, points) => {
    expect(pointsOf(starter(key), metrics)).toBe(points);
  });

  test("agrees with rational arithmetic for every rate, unit, base and cap", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Unit>("m", "km", "mile", "foot"),
        rates,
        fc.option(rates, { nil: undefined }),
        fc.option(
          fc.integer({ min: 1, max: 500_000 }).map((value) => value / 10_000),
          { nil: undefined },
        ),
        thousandths(20_000),
        (unit, pointsPerUnit, base, maxUnits, distance_m) => {
          const scoring = {
            kind: "perUnit",
            metric: "distance_m",
            unit,
            pointsPerUnit,
            ...(base !== undefined && { base }),
            ...(maxUnits !== undefined && { maxUnits }),
          } as const;
          const expected = modelOfPerUnit(scoring, distance_m);
          fc.pre(Math.abs(expected) <= 1_000_000);
          expect(pointsOf(ruleOf(scoring), { distance_m })).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("every half of the starter catalogue, one thousandth below, on and above it", () => {
    let halves = 0;
    for (const { rule } of STARTER_TYPES) {
      if (rule.scoring.kind !== "perUnit") continue;
      const { metric, unit, pointsPerUnit } = rule.scoring;
      const plain = ruleOf(rule.scoring);
      const bound = metric === "distance_m" ? 200_000 : 86_400;
      const most = Math.floor((bound / SIZES[unit]) * pointsPerUnit);
      for (let whole = 0; whole < most; whole += 1) {
        const half = ((whole + 0.5) / pointsPerUnit) * SIZES[unit];
        const middle = Math.round(half * 1000);
        for (const near of [middle - 1, middle, middle + 1]) {
          const value = near / 1000;
          expect(pointsOf(plain, { [metric]: value })).toBe(modelOfPerUnit(rule.scoring, value));
        }
        halves += 1;
      }
    }
    expect(halves).toBeGreaterThan(5_000);
  });

  test("what a person types in miles scores as typed", () => {
    // 2.6 miles are 4184.2944 m: cut to a thousandth, 19.5 points would become 19.
    expect(pointsOf(starter("run"), { distance_m: toCanonical(2.6, "mile") })).toBe(20);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), (hundredths) => {
        const miles = hundredths / 100;
        const typed = {
          kind: "perUnit",
          metric: "count",
          unit: "each",
          pointsPerUnit: 7.5,
        } as const;
        const plain = ruleOf({ ...typed, metric: "distance_m", unit: "mile" });
        const distance_m = toCanonical(miles, "mile");
        expect(pointsOf(plain, { distance_m })).toBe(modelOfPerUnit(typed, miles));
      }),
    );
  });

  test("base and rate are one sum, rounded once", () => {
    const rule = ruleOf({
      kind: "perUnit",
      metric: "count",
      unit: "each",
      pointsPerUnit: 0.25,
      base: 0.25,
    });
    expect(pointsOf(rule, { count: 1 })).toBe(1);
  });

  test("the base line explains the points", () => {
    const scoring = {
      kind: "perUnit",
      metric: "distance_m",
      unit: "km",
      pointsPerUnit: 10,
    } as const;
    const label = (rule: Rule, metrics: Metrics) => scoreOf(rule, metrics).lines[0]?.label;
    expect(label(ruleOf(scoring), { distance_m: 7_200 })).toBe("7.2 km x 10/km");
    expect(label(ruleOf({ ...scoring, base: 5 }), { distance_m: 7_200 })).toBe(
      "5 + 7.2 km x 10/km",
    );
    expect(label(ruleOf({ ...scoring, maxUnits: 5 }), { distance_m: 7_200 })).toBe(
      "5 km (of 7.2 km) x 10/km",
    );
    expect(label(starter("run"), { distance_m: 1609.344 })).toBe("1 mile x 7.5/mile");
    expect(label(starter("run"), { distance_m: 3218.688 })).toBe("2 miles x 7.5/mile");
  });
});

describe("fixed and tiered", () => {
  const tiered = (...tiers: Array<{ atMost?: number; points: number }>) =>
    ruleOf({ kind: "tiered", metric: "duration_s", unit: "minute", tiers });

  test("fixed points need no metric", () => {
    expect(scoreOf(ruleOf({ kind: "fixed", points: 12 }), {})).toEqual({
      points: 12,
      lines: [{ kind: "base", label: "Fixed points", points: 12 }],
    });
  });

  test("D12 the first tier that is not exceeded pays; the last may be open", () => {
    const rule = tiered({ atMost: 20, points: 50 }, { atMost: 30, points: 25 }, { points: 5 });
    expect(pointsOf(rule, { duration_s: 0 })).toBe(50);
    expect(pointsOf(rule, { duration_s: 1200 })).toBe(50);
    expect(pointsOf(rule, { duration_s: 1200.001 })).toBe(25);
    expect(pointsOf(rule, { duration_s: 1800 })).toBe(25);
    expect(pointsOf(rule, { duration_s: 1800.001 })).toBe(5);
    expect(scoreOf(rule, { duration_s: 2400 }).lines[0]?.label).toBe("40 min: over 30 min");
    expect(scoreOf(rule, { duration_s: 1500 }).lines[0]?.label).toBe("25 min: up to 30 min");
  });

  test("D12 beyond a closed last tier the activity earns nothing and says so", () => {
    expect(scoreOf(tiered({ atMost: 20, points: 50 }), { duration_s: 1201 })).toEqual({
      points: 0,
      lines: [{ kind: "base", label: "20.017 min: over the last tier, no points", points: 0 }],
    });
  });

  test("a typed distance lands in the tier of the same number", () => {
    for (let tenths = 1; tenths <= 500; tenths += 1) {
      const miles = tenths / 10;
      const rule = ruleOf({
        kind: "tiered",
        metric: "distance_m",
        unit: "mile",
        tiers: [{ atMost: miles, points: 1 }, { points: 2 }],
      });
      expect(pointsOf(rule, { distance_m: toCanonical(miles, "mile") })).toBe(1);
      expect(pointsOf(rule, { distance_m: toCanonical(miles + 0.01, "mile") })).toBe(2);
    }
  });
});

describe("bonuses and penalties", () => {
  test("every threshold reached pays", () => {
    const run = starter("run");
    const bonusesAt = (distance_m: number) =>
      scoreOf(run, { distance_m })
        .lines.filter(({ kind }) => kind === "bonus")
        .map(({ label, points }) => `${label} ${points}`);
    expect(bonusesAt(21_097.499)).toEqual([]);
    expect(bonusesAt(21_097.5)).toEqual(["Half marathon 25"]);
    expect(bonusesAt(42_195)).toEqual(["Half marathon 25", "Marathon 100"]);
    expect(pointsOf(run, { distance_m: 42_195 })).toBe(197 + 125);
    expect(pointsOf(starter("ride"), { distance_m: toCanonical(100, "mile") })).toBe(240 + 50);
    expect(pointsOf(starter("ride"), { distance_m: 160_934.399 })).toBe(240);
  });

  test("a bonus on a metric the activity lacks is not reached", () => {
    const climb: Bonus = {
      kind: "threshold",
      metric: "elevation_m",
      unit: "m",
      atLeast: 0,
      points: 9,
      label: "Climb",
    };
    const rule = ruleOf({ kind: "fixed", points: 1 }, { bonuses: [climb] });
    expect(pointsOf(rule, {})).toBe(1);
    expect(pointsOf(rule, { elevation_m: 0 })).toBe(10);
  });

  test("a negative type takes |base| and no bonus softens it", () => {
    const bonuses: Bonus[] = [
      {
        kind: "threshold",
        metric: "units",
        unit: "each",
        atLeast: 1,
        points: 50,
        label: "Party",
      },
    ];
    for (const pointsPerUnit of [5, -5]) {
      const drinks = ruleOf(
        { kind: "perUnit", metric: "units", unit: "each", pointsPerUnit },
        { isNegative: true, bonuses },
      );
      expect(scoreOf(drinks, { units: 3 })).toMatchObject({
        points: -15,
        lines: [{ kind: "base", points: -15 }],
      });
      expect(Object.is(pointsOf(drinks, { units: 0 }), 0)).toBe(true);
    }
  });

  test("the lines add up to the points, whole and never -0", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STARTER_TYPES),
        fc.boolean(),
        thousandths(86_400),
        ({ rule }, isNegative, value) => {
          const metrics = { distance_m: value, moving_s: value, count: value };
          const { points, lines } = scoreOf({ ...rule, isNegative }, metrics);
          expect(lines.reduce((sum, line) => sum + line.points, 0)).toBe(points);
          expect(Number.isInteger(points)).toBe(true);
          expect(Object.is(points, -0)).toBe(false);
        },
      ),
    );
  });
});

describe("refusals", () => {
  test("a missing metric is named, never taken for 0", () => {
    for (const scoring of [
      { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 1 },
      { kind: "tiered", metric: "distance_m", unit: "km", tiers: [{ points: 100 }] },
    ] as const satisfies Scoring[]) {
      const missing = scoreActivity(ruleOf({ ...scoring }), { moving_s: 60 });
      expect(missing).toMatchObject({
        ok: false,
        refusal: { code: "INVALID_INPUT", path: "metrics.distance_m" },
      });
    }
  });

  test("one activity moves at most a million points", () => {
    const rule = (points: number, bonuses: Bonus[] = []) =>
      ruleOf({ kind: "fixed", points }, { bonuses });
    const one: Bonus = {
      kind: "threshold",
      metric: "count",
      unit: "each",
      atLeast: 0,
      points: 1,
      label: "One",
    };
    expect(pointsOf(rule(1_000_000), {})).toBe(1_000_000);
    expect(scoreActivity(rule(1_000_000, [one]), { count: 1 })).toEqual({
      ok: false,
      refusal: { code: "LIMIT_REACHED", limit: "pointsPerActivity", max: 1_000_000 },
    });
  });
});

describe("an allowance", () => {
  test("counts what goes beyond the free amount, exact on every half", () => {
    for (const unit of ["each", "km", "mile"] as const) {
      const metric = unit === "each" ? "count" : "distance_m";
      for (const rate of [0.5, -0.7, 2.25, -5]) {
        const free = 1.5;
        const rule = ruleOf({
          kind: "allowance",
          metric,
          unit,
          freePerDay: free,
          pointsPerUnit: rate,
        });
        for (let half = 1; half <= 41; half += 2) {
          const amount = toCanonical(Math.abs(half / 2 / rate) + free, unit);
          for (const value of [amount - 0.001, amount, amount + 0.001, 0]) {
            const measured = Number(Math.max(0, value).toFixed(3));
            // The same by the model of a rate per unit, which counts all of it: all less the free part.
            const size = over(ratioOf(measured), ratioOf(toCanonical(1, unit)));
            const beyond = plus(size, times(ratioOf(-1), ratioOf(free)));
            const counted = beyond.top < 0n ? ratioOf(0) : beyond;
            expect(pointsOf(rule, { [metric]: measured }), `${unit} ${rate} ${measured}`).toBe(
              nearest(times(ratioOf(rate), counted)),
            );
          }
        }
      }
    }
  });
});

test("D2 a day of the largest entries stays within its cap and within the bound of each entry", () => {
  const most = 1_000_000;
  const once = { kind: "oncePerDay", points: 1, label: "First" } as const;
  const day = (rule: Rule, count: number) =>
    priceDay(Array.from({ length: count }, () => ({ rule, metrics: { count: 100_000 } })));
  const points = (answer: ReturnType<typeof priceDay>) =>
    answer.ok ? answer.value.map((score) => score?.points) : answer.refusal;
  for (const sign of [1, -1]) {
    const fixed = ruleOf({ kind: "fixed", points: sign * most });
    expect(points(day(fixed, 30))).toEqual(Array.from({ length: 30 }, () => sign * most));
    const capped = points(day({ ...fixed, limits: { maxPointsPerDay: most } }, 3));
    expect(capped).toEqual([sign * most, 0, 0]);
    const each = { kind: "allowance", metric: "count", unit: "each", freePerDay: 99_999 } as const;
    const allowance = ruleOf({ ...each, pointsPerUnit: sign * 10 });
    expect(points(day(allowance, 2))).toEqual([sign * 10, sign * most]);
  }
  // What the cap would leave does not matter: one entry is bounded before it.
  const over = ruleOf(
    { kind: "fixed", points: most },
    { bonuses: [once], limits: { maxPointsPerDay: 5 } },
  );
  expect(points(day(over, 1))).toMatchObject({ code: "LIMIT_REACHED", limit: "pointsPerActivity" });
});

describe("options", () => {
  const rule = ruleOf({
    kind: "variants",
    default: "short",
    options: [
      {
        key: "short",
        label: "Short",
        scoring: { kind: "fixed", points: 5 },
        when: { metric: "distance_m", unit: "km", op: "below", value: 10 },
      },
      {
        key: "long",
        label: "Long",
        scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 2 },
        when: { metric: "distance_m", unit: "km", op: "atLeast", value: 10 },
      },
    ],
  });
  const answer = (distance_m: number, variant?: string) => {
    const score = scoreActivity(rule, { distance_m }, { variant });
    return score.ok ? score.value.points : score.refusal;
  };
  const refused = expect.objectContaining({ code: "INVALID_INPUT", path: "variant" });

  test("score by the chosen one, which must fit", () => {
    expect(answer(9_999.999)).toBe(5);
    expect(answer(10_000, "long")).toBe(20);
    expect(answer(10_000)).toEqual(refused);
    expect(answer(9_999.999, "long")).toEqual(refused);
    expect(answer(10_000, "other")).toEqual(refused);
    expect(scoreActivity(rule, {})).toMatchObject({ ok: false, refusal: { path: "variant" } });
    const plain = scoreActivity(starter("run"), { distance_m: 1 }, { variant: "long" });
    expect(plain).toMatchObject({ ok: false, refusal: { path: "variant" } });
  });

  test("D12 nobody chooses for an archive: the default, else the first that fits", () => {
    expect(automaticVariant(rule.scoring, undefined, { distance_m: 1 })).toBeUndefined();
    expect(automaticVariant(rule.scoring, undefined, { distance_m: 10_000 })).toBe("long");
    expect(automaticVariant(rule.scoring, "long", { distance_m: 1 })).toBeUndefined();
    expect(automaticVariant(starter("run").scoring, "long", {})).toBeUndefined();
  });
});
