import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Id } from "../_generated/dataModel";
import { checkDefinition } from "../lib/rules/achievementDefinition";
import {
  type ActivityNow,
  awardChanges,
  awardsOf,
  entriesAfter,
  progressTowards,
} from "../lib/rules/achievements";
import { toCanonical } from "../lib/rules/units";
import type { Criteria, Definition } from "../tables/achievements";

const TYPES = ["run", "ride", "swim"].map((name) => name as Id<"activityTypes">);
const [run, ride, swim] = TYPES as [Id<"activityTypes">, Id<"activityTypes">, Id<"activityTypes">];
const STARTS_ON = "2026-06-01";

interface Deed {
  day: number;
  type: number;
  /** Hundreds of metres. */
  length: number;
}

const dayText = (day: number) => `2026-06-${String(day).padStart(2, "0")}`;

/** A row of somebody; `number` is its place in the order of logging. */
function rowOf({ day, type, length }: Deed, number: number, deletedAt?: number): ActivityNow {
  const activityId = `row${String(number).padStart(4, "0")}` as Id<"activities">;
  return {
    activityId,
    row: {
      challengeId: "challenge" as Id<"challenges">,
      userId: "ada" as Id<"users">,
      activityTypeId: TYPES[type] ?? run,
      ruleVersion: 1,
      source: "manual",
      loggedDate: dayText(day),
      metrics: { distance_m: length * 100 },
      pointsEarned: 0,
      breakdown: [],
      version: 1,
      isSticky: false,
      deletedAt,
    },
  };
}

const ruleOf = (definition: Definition) => ({
  ...definition,
  keyPrefix: "x/",
  startsOn: STARTS_ON,
});

function given(definition: Definition, rows: ActivityNow[]): string[] {
  const entries = entriesAfter(definition.criteria, [], rows);
  return awardsOf(ruleOf(definition), entries).map(
    ({ awardKey, loggedDate }) => `${awardKey} ${loggedDate}`,
  );
}

/** The model: whether these activities are enough for one award, counted from the definition. */
function isEnough(criteria: Criteria, deeds: readonly Deed[]): boolean {
  const typesDone = new Set(deeds.map(({ type }) => TYPES[type]));
  switch (criteria.kind) {
    case "count":
      return deeds.filter((deed) => isLong(deed, criteria.measure)).length >= criteria.times;
    case "cumulative": {
      // Hundreds of metres times hundredths of a factor; the amounts drawn are whole kilometres.
      let sum = 0;
      for (const { type, length } of deeds) {
        const listed = criteria.types.find(({ activityTypeId }) => activityTypeId === TYPES[type]);
        sum += length * Math.round((listed?.factor ?? 0) * 100);
      }
      return sum >= criteria.atLeast * 10 * 100;
    }
    case "distinctTypes":
      return criteria.activityTypeIds.filter((id) => typesDone.has(id)).length >= criteria.times;
    case "oneOfEach":
      return criteria.activityTypeIds.every((id) => typesDone.has(id));
    case "allThresholds":
      return criteria.thresholds.every((threshold) =>
        deeds.some(
          (deed) => TYPES[deed.type] === threshold.activityTypeId && isLong(deed, threshold),
        ),
      );
  }
}

function isLong({ length }: Deed, measure: { atLeast: number } | undefined): boolean {
  return measure === undefined || length >= measure.atLeast * 10;
}

/** What of the criteria an activity does, as a text; "" when it does nothing. */
function deedParts(criteria: Criteria, deed: Deed): string {
  const type = TYPES[deed.type] ?? run;
  switch (criteria.kind) {
    case "allThresholds":
      return criteria.thresholds
        .flatMap((threshold, index) =>
          threshold.activityTypeId === type && isLong(deed, threshold) ? [index] : [],
        )
        .join();
    case "cumulative":
      return String(criteria.types.findIndex(({ activityTypeId }) => activityTypeId === type));
    case "count":
      return criteria.activityTypeIds.includes(type) && isLong(deed, criteria.measure) ? "0" : "";
    default:
      return String(criteria.activityTypeIds.indexOf(type));
  }
}

/** The model's awards: tries every day, or every beginning of what is left, anew. */
function modelAwards({ criteria, frequency }: Definition, all: readonly Deed[]): string[] {
  const listed = all.filter((deed) => !["", "-1"].includes(deedParts(criteria, deed)));
  const firstDay = (deeds: Deed[]) => {
    for (let day = 1; day <= 30; day += 1)
      if (
        isEnough(
          criteria,
          deeds.filter((deed) => deed.day <= day),
        )
      )
        return day;
    return null;
  };
  if (frequency === "oncePerChallenge") {
    const day = firstDay(listed);
    return day === null ? [] : [`x/once ${dayText(day)}`];
  }
  if (frequency === "oncePerWeek") {
    return [1, 2, 3, 4, 5].flatMap((week) => {
      const day = firstDay(listed.filter((deed) => Math.ceil(deed.day / 7) === week));
      return day === null ? [] : [`x/week-${week} ${dayText(day)}`];
    });
  }
  const sum = (deed: Deed) => (criteria.kind === "cumulative" ? -deed.length : 0);
  let left = listed.toSorted(
    (a, b) =>
      a.day - b.day ||
      sum(a) - sum(b) ||
      (deedParts(criteria, a) < deedParts(criteria, b) ? -1 : 1),
  );
  const awards: string[] = [];
  for (let end = 1; end <= left.length; end += 1) {
    const tried = left.slice(0, end);
    if (!isEnough(criteria, tried)) continue;
    awards.push(`x/set-${awards.length + 1} ${dayText(tried.at(-1)?.day ?? 0)}`);
    const seen = new Set<string>();
    const used = ["count", "cumulative"].includes(criteria.kind)
      ? tried
      : tried.filter((deed) => {
          const parts = deedParts(criteria, deed).split(",");
          const isNew = parts.some((part) => !seen.has(part));
          for (const part of parts) seen.add(part);
          return isNew;
        });
    left = left.filter((deed) => !used.includes(deed));
    end = 0;
  }
  return awards;
}

const metric = "distance_m" as const;
const unit = "km" as const;
const km = fc.integer({ min: 1, max: 12 });
const someTypes = fc.shuffledSubarray(TYPES, { minLength: 2 });
const criteria: fc.Arbitrary<Criteria> = fc.oneof(
  fc.record({
    kind: fc.constant("count" as const),
    activityTypeIds: someTypes,
    times: fc.integer({ min: 1, max: 4 }),
    measure: fc.option(
      fc.record({ metric: fc.constant(metric), unit: fc.constant(unit), atLeast: km }),
      {
        nil: undefined,
      },
    ),
  }),
  fc.record({
    kind: fc.constant("cumulative" as const),
    metric: fc.constant(metric),
    unit: fc.constant(unit),
    atLeast: fc.integer({ min: 1, max: 40 }),
    types: someTypes.map((ids) =>
      ids.map((activityTypeId, index) => ({ activityTypeId, factor: [1, 0.25, 3.33][index] ?? 1 })),
    ),
  }),
  someTypes.map((activityTypeIds) => ({
    kind: "distinctTypes" as const,
    activityTypeIds,
    times: 2,
  })),
  someTypes.map((activityTypeIds) => ({ kind: "oneOfEach" as const, activityTypeIds })),
  fc
    .array(fc.record({ activityTypeId: fc.constantFrom(...TYPES), atLeast: km }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((thresholds) => ({
      kind: "allThresholds" as const,
      thresholds: thresholds.map((one) => ({ ...one, metric, unit })),
    })),
);
const definition: fc.Arbitrary<Definition> = fc.record({
  criteria,
  frequency: fc.constantFrom("oncePerChallenge", "oncePerWeek", "perQualifyingSet"),
  points: fc.integer({ min: -20, max: 100 }),
});
const deeds = fc.array(
  fc.record({
    day: fc.integer({ min: 1, max: 30 }),
    type: fc.integer({ min: 0, max: 2 }),
    length: fc.integer({ min: 1, max: 150 }),
  }),
  { maxLength: 40 },
);
const runs = { numRuns: 2_000 };

describe("awards of random histories", () => {
  test("are those of a model that tries everything anew", () => {
    fc.assert(
      fc.property(definition, deeds, (rule, history) => {
        const rows = history.map((deed, index) => rowOf(deed, index));
        expect(given(rule, rows)).toEqual(modelAwards(rule, history));
      }),
      runs,
    );
  });

  test("D7 do not depend on the order of logging, nor on what was there in between", () => {
    fc.assert(
      fc.property(
        definition,
        deeds,
        deeds,
        fc.infiniteStream(fc.nat()),
        (rule, kept, gone, random) => {
          const rows = kept.map((deed, index) => rowOf(deed, index));
          const shuffled = kept
            .map((deed) => ({ deed, place: random.next().value }))
            .sort((a, b) => a.place - b.place)
            .map(({ deed }, index) => rowOf(deed, index));
          expect(given(rule, shuffled)).toEqual(given(rule, rows));
          let entries = entriesAfter(rule.criteria, [], []);
          for (const [index, deed] of gone.entries())
            entries = entriesAfter(rule.criteria, entries, [rowOf(deed, 100 + index)]);
          // What is edited comes by twice, and what goes is deleted at the end.
          for (const [index, deed] of kept.entries()) {
            const draft = rowOf({ ...deed, day: 31 - deed.day, type: 0 }, index);
            entries = entriesAfter(rule.criteria, entries, [draft]);
            entries = entriesAfter(rule.criteria, entries, [rowOf(deed, index)]);
          }
          const deleted = gone.map((deed, index) => rowOf(deed, 100 + index, 1));
          entries = entriesAfter(rule.criteria, entries, deleted);
          expect(entries).toEqual(entriesAfter(rule.criteria, [], rows));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("take every activity for one award at most, and one more activity changes few", () => {
    fc.assert(
      fc.property(definition, deeds, (rule, history) => {
        const rows = history.map((deed, index) => rowOf(deed, index));
        const awards = awardsOf(ruleOf(rule), entriesAfter(rule.criteria, [], rows));
        const used = awards.flatMap(({ activityIds }) => activityIds);
        expect(new Set(used).size).toBe(used.length);
        const fewer = given(rule, rows.slice(1)).length;
        expect(awards.length - fewer).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});

const TEN_RUNS: Definition = {
  criteria: { kind: "count", activityTypeIds: [run], times: 2 },
  frequency: "perQualifyingSet",
  points: 10,
};

describe("an award", () => {
  test("keeps its key when an early activity disappears, and moves to the day it is deserved on now", () => {
    const days = [1, 2, 3, 4, 5].map((day, index) => rowOf({ day, type: 0, length: 10 }, index));
    const held = awardsOf(ruleOf(TEN_RUNS), entriesAfter(TEN_RUNS.criteria, [], days));
    const later = awardsOf(ruleOf(TEN_RUNS), entriesAfter(TEN_RUNS.criteria, [], days.slice(1)));
    const changes = awardChanges(held, later, false);
    expect(changes.moved.map(({ awardKey, loggedDate }) => [awardKey, loggedDate])).toEqual([
      ["x/set-1", "2026-06-03"],
      ["x/set-2", "2026-06-05"],
    ]);
    expect([changes.revoked, changes.issued]).toEqual([[], []]);
    const fewer = awardsOf(ruleOf(TEN_RUNS), entriesAfter(TEN_RUNS.criteria, [], days.slice(2)));
    expect(awardChanges(held, fewer, false).revoked.map(({ awardKey }) => awardKey)).toEqual([
      "x/set-2",
    ]);
  });

  test("of an archived achievement is not given any more, but taken back", () => {
    const days = [1, 2, 3, 4].map((day, index) => rowOf({ day, type: 0, length: 10 }, index));
    const two = awardsOf(ruleOf(TEN_RUNS), entriesAfter(TEN_RUNS.criteria, [], days));
    expect(awardChanges([], two, true).issued).toEqual([]);
    expect(awardChanges(two, two.slice(0, 1), true).revoked).toHaveLength(1);
  });

  test("by a sum is exact in miles, factors and thousandths", () => {
    const marathon = (parts: number[], factor = 1): string[] =>
      given(
        {
          criteria: {
            kind: "cumulative",
            metric,
            unit: "mile",
            atLeast: 26.2,
            types: [{ activityTypeId: run, factor }],
          },
          frequency: "oncePerChallenge",
          points: 1,
        },
        parts.map((distance_m, index) => {
          const { activityId, row } = rowOf({ day: 1, type: 0, length: 1 }, index);
          return { activityId, row: { ...row, metrics: { distance_m } } };
        }),
      );
    // 26.2 miles are 42,164.8128 m.
    expect(marathon([42_164.812])).toEqual([]);
    expect(marathon([42_164.813])).toHaveLength(1);
    expect(marathon([10.1, 6, 10.1].map((miles) => toCanonical(miles, "mile")))).toHaveLength(1);
    expect(
      marathon(
        Array.from({ length: 10 }, () => 14_054.937),
        0.3,
      ),
    ).toEqual([]);
    expect(
      marathon(
        Array.from({ length: 10 }, () => 14_054.938),
        0.3,
      ),
    ).toHaveLength(1);
  });
});

describe("a sealed row", () => {
  const sum: Criteria = {
    kind: "cumulative",
    metric,
    unit,
    atLeast: 5,
    types: [{ activityTypeId: run, factor: 1 }],
  };
  const open = rowOf({ day: 1, type: 0, length: 30 }, 1);
  const sealed = { ...open, row: { ...open.row, metrics: {}, sealedAt: 5 } };

  test("counts for what it counted before its metrics were cleared, and no more once deleted", () => {
    const before = entriesAfter(sum, [], [open]);
    expect(entriesAfter(sum, before, [sealed])).toEqual(before);
    expect(entriesAfter(sum, [], [sealed])).toEqual([]);
    const deleted = { ...sealed, row: { ...sealed.row, deletedAt: 6 } };
    expect(entriesAfter(sum, before, [deleted])).toEqual([]);
    const counted: Criteria = { kind: "count", activityTypeIds: [run], times: 1 };
    expect(entriesAfter(counted, [], [sealed])).toHaveLength(1);
  });
});

describe("progress", () => {
  const deed = (day: number, type: number, length: number) => ({ day, type, length });
  const rows = [deed(1, 0, 33), deed(2, 0, 50), deed(9, 1, 20)].map((one, index) =>
    rowOf(one, index),
  );
  const progress = (rule: Definition, today = dayText(10)) =>
    progressTowards(ruleOf(rule), entriesAfter(rule.criteria, [], rows), today);

  test("is of the week, of the next set, or of everything, and never above its target", () => {
    const count = (times: number) => ({
      ...TEN_RUNS,
      criteria: { kind: "count" as const, activityTypeIds: [run, ride], times },
    });
    expect(progress(count(2))).toEqual({ value: 1, target: 2 });
    expect(progress({ ...count(2), frequency: "oncePerWeek" })).toEqual({ value: 1, target: 2 });
    expect(progress({ ...count(2), frequency: "oncePerWeek" }, dayText(3)).value).toBe(2);
    expect(progress({ ...count(2), frequency: "oncePerChallenge" })).toEqual({
      value: 2,
      target: 2,
    });
    const sum = (atLeast: number): Definition => ({
      criteria: {
        kind: "cumulative",
        metric,
        unit: "mile",
        atLeast,
        types: [{ activityTypeId: run, factor: 1 }],
      },
      frequency: "oncePerChallenge",
      points: 1,
    });
    // 8.3 km are 5.1573... miles.
    expect(progress(sum(5.1574))).toEqual({ value: 5.157, target: 5.1574 });
    expect(progress(sum(5.157))).toEqual({ value: 5.157, target: 5.157 });
    const each = { kind: "oneOfEach" as const, activityTypeIds: [run, ride, swim] };
    expect(progress({ ...TEN_RUNS, criteria: each })).toEqual({ value: 2, target: 3 });
  });
});

describe("a definition", () => {
  const count = { kind: "count" as const, activityTypeIds: [run], times: 2 };
  const sum = {
    kind: "cumulative" as const,
    metric,
    unit,
    atLeast: 1,
    types: [{ activityTypeId: run, factor: 1 }],
  };
  const threshold = { activityTypeId: run, metric, unit, atLeast: 1 };
  const cases: Array<[string, Partial<Definition>]> = [
    ["points", { points: 0.5 }],
    ["points", { points: 1_000_001 }],
    ["points", { points: -0 }],
    ["criteria.activityTypeIds", { criteria: { ...count, activityTypeIds: [] } }],
    ["criteria.activityTypeIds", { criteria: { ...count, activityTypeIds: [run, run] } }],
    ["criteria.times", { criteria: { ...count, times: 0 } }],
    ["criteria.times", { criteria: { ...count, times: 1.5 } }],
    ["criteria.times", { criteria: { ...count, times: 2_001 } }],
    [
      "criteria.measure.unit",
      { criteria: { ...count, measure: { metric, unit: "minute", atLeast: 1 } } },
    ],
    ["criteria.measure.atLeast", { criteria: { ...count, measure: { metric, unit, atLeast: 0 } } }],
    ["criteria.atLeast", { criteria: { ...sum, atLeast: -1 } }],
    ["criteria.atLeast", { criteria: { ...sum, atLeast: 0.00001 } }],
    ["criteria.atLeast", { criteria: { ...sum, atLeast: Number.NaN } }],
    ["criteria.types", { criteria: { ...sum, types: [] } }],
    [
      "criteria.types.0.factor",
      { criteria: { ...sum, types: [{ activityTypeId: run, factor: 0 }] } },
    ],
    [
      "criteria.times",
      { criteria: { kind: "distinctTypes", activityTypeIds: [run, ride], times: 3 } },
    ],
    ["criteria.thresholds", { criteria: { kind: "allThresholds", thresholds: [] } }],
    [
      "criteria.thresholds",
      {
        criteria: {
          kind: "allThresholds",
          thresholds: Array.from({ length: 21 }, () => threshold),
        },
      },
    ],
    [
      "criteria.thresholds.1.atLeast",
      {
        criteria: {
          kind: "allThresholds",
          thresholds: [threshold, { ...threshold, atLeast: 1e9 }],
        },
      },
    ],
  ];

  test.each(cases)("is refused for %s in %j", (path, fields) => {
    const answer = checkDefinition({ ...TEN_RUNS, ...fields });
    expect(answer).toMatchObject({ ok: false, refusal: { code: "INVALID_INPUT", path } });
  });

  test("that random tests use is accepted", () => {
    fc.assert(
      fc.property(definition, (rule) => {
        expect(checkDefinition(rule).ok).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
