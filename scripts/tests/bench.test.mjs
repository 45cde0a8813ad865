import { describe, expect, test } from "vitest";
import { growthExponent, sameButFor } from "../bench/exponents.mjs";
import { historyGoal } from "../bench/goals.mjs";
import { measureAll } from "../bench/operations.mjs";
import { partsOf, topOf } from "../bench/profile.mjs";
import {
  activityCounts,
  dayAfter,
  historiesOf,
  LOGGED_DAYS,
  shuffled,
} from "../bench/workload.mjs";
import { seededRandom } from "../lib/random.mjs";

describe("the workload", () => {
  const cell = { people: 1_000, activities: 10_000 };

  test("has exactly the activities of its cell, the most active person first", () => {
    const counts = activityCounts(cell);
    expect(counts).toHaveLength(1_000);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(counts[0]).toBeGreaterThan(6 * 10);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    const falls = counts.every((count, place) => count <= (counts[place - 1] ?? count) + 1);
    expect(falls).toBe(true);
  });

  test("falls as one over the place, from the most active few on", () => {
    const counts = activityCounts({ people: 1_000, activities: 1_000_000 });
    const [tenth = 0, last = 0] = [counts[99], counts[999]];
    // 1 / (100 + 40) beside 1 / (1000 + 40).
    expect(tenth / last).toBeCloseTo(1_040 / 140, 1);
  });

  test("is the same each time, with points from 1 to 100 on allowed days and about 2 % deleted", () => {
    const histories = historiesOf(cell);
    expect(historiesOf(cell)).toEqual(histories);
    const rows = histories.flat();
    expect(rows).toHaveLength(10_000);
    const points = rows.map((row) => row.points);
    expect([Math.min(...points), Math.max(...points)]).toEqual([1, 100]);
    const days = rows.map(({ day }) => day);
    expect([Math.min(...days), Math.max(...days)]).toEqual([1, LOGGED_DAYS]);
    const deleted = rows.filter(({ isDeleted }) => isDeleted).length;
    expect(deleted / rows.length).toBeCloseTo(0.02, 2);
  });

  test("never gives a person more rows of a day than are allowed", () => {
    const histories = historiesOf({ people: 200, activities: 200 * 100 });
    for (const rows of histories) {
      const perDay = Array.from({ length: LOGGED_DAYS + 1 }, () => 0);
      for (const { day } of rows) perDay[day] = (perDay[day] ?? 0) + 1;
      expect(Math.max(...perDay)).toBeLessThanOrEqual(25);
    }
  });

  test("asks everybody before anybody again", () => {
    const order = shuffled(50, seededRandom("order"));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  });

  test("counts days over the end of a month", () => {
    expect(dayAfter("2026-11-28", 5)).toBe("2026-12-03");
    expect(dayAfter("2026-03-01", -1)).toBe("2026-02-28");
  });
});

describe("growth", () => {
  /** @param {(size: number) => number} figure */
  const points = (figure) =>
    [1_000, 10_000, 100_000].map((size) => ({ size, figure: figure(size) }));

  test("is the power a figure grows by", () => {
    expect(growthExponent(points(() => 7))).toBeCloseTo(0);
    expect(growthExponent(points((size) => 3 * size))).toBeCloseTo(1);
    expect(growthExponent(points((size) => 0.2 * size ** 0.3))).toBeCloseTo(0.3);
  });

  test("is not known from one size", () => {
    expect(growthExponent(points((size) => size).slice(0, 1))).toBeNaN();
  });

  test("is told between cells that differ in one size alone", () => {
    const cells = [
      { cell: { people: 1, activities: 10 } },
      { cell: { people: 1, activities: 100 } },
      { cell: { people: 10, activities: 100 } },
    ];
    expect(sameButFor(cells, "activities")).toEqual(cells.slice(0, 2));
    expect(sameButFor(cells, "people")).toEqual(cells.slice(1));
  });
});

test("what is quick is asked more often, but nobody is asked about twice", async () => {
  /** @type {number[]} */
  const asked = [];
  const contender = {
    name: "quick",
    cpuMs: () => 0,
    settled: async () => {},
    close: async () => {},
    /** @param {number} person */
    total: async (person) => asked.push(person),
  };
  const repetitions = { reads: 2, quickReads: 1_000, logs: 1, logsAtOnce: 1, changes: 1, live: 1 };
  const { total } = await measureAll(contender, { people: 60, best: [], repetitions });
  expect(total).toMatchObject({ p50: expect.any(Number) });
  expect(asked).toHaveLength(60);
  expect(new Set(asked).size).toBe(60);
});

test("what a log reads is compared between people of one challenge, the worst of all", () => {
  /** @param {number[]} read with 10 and with 1,000 activities */
  const cell = (...read) => ({
    flat: read.map((documentsRead, at) => ({ activities: [10, 1_000][at] ?? 0, documentsRead })),
  });
  // Between the two it would be 30 and 80.
  const goal = historyGoal([cell(30, 40), cell(70, 80)]);
  expect(goal).toMatchObject({
    measured: "0.06: 30 with 10 activities, 40 with 1,000 activities",
    isReached: true,
  });
  expect(historyGoal([cell(30, 40), cell(30, 60)]).isReached).toBe(false);
});

test("a profile is shares of the time that was neither idle nor the profiler's", () => {
  /** @param {number} id @param {string} functionName @param {string} url */
  const node = (id, functionName, url) => ({
    id,
    callFrame: { functionName, url, lineNumber: 9 },
  });
  const profile = {
    nodes: [
      node(1, "(idle)", ""),
      node(2, "(garbage collector)", ""),
      node(3, "log", "convex:mutations/activities.js"),
      node(4, "(program)", ""),
      { ...node(5, "toggle", "file:///scripts/bench/profiler.mjs"), children: [6] },
      { ...node(6, "post", "node:inspector"), children: [7] },
      node(7, "dispatch", ""),
    ],
    samples: [7, 1, 2, 3, 3, 1, 4],
    timeDeltas: [5_000, 500, 100, 100, 200, 900, 100],
  };
  expect(topOf(profile, 1)).toEqual([{ what: "log mutations/activities.js:10", share: 0.6 }]);
  expect(topOf(profile, 3).map(({ what }) => what)).toContain("(no function)");
  expect(partsOf(profile).map(({ share }) => share)).toEqual([0.6, 0.2, 0.2]);
});
