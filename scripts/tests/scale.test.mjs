import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inRoot } from "../lib/paths.mjs";
import {
  backoffMs,
  packed,
  pairShare,
  simulate,
  sustainedPerSecond,
  unpacked,
} from "../scale/contention.mjs";
import { documentOf } from "../scale/document.mjs";
import * as model from "../scale/model.mjs";
import { RATES, simulated } from "../scale/simulations.mjs";
import { brief } from "../scale/tables.mjs";

/** Logs of so many groups; those of one group meet. @param {number} groups */
const inGroups = (groups) =>
  Array.from({ length: 40 }, (_, i) =>
    Array.from({ length: 40 }, (__, j) => i !== j && i % groups === j % groups),
  );
const LOAD = { latencyMs: 50, slots: 256, logs: 2000 };

describe("logs at once", () => {
  test("waits double up to two seconds", () => {
    expect([0, 1, 2, 3].map((failures) => backoffMs(failures, 1))).toEqual([100, 200, 400, 800]);
    expect(backoffMs(9, 1)).toBe(2000);
    expect(backoffMs(3, 0.5)).toBe(400);
  });

  test("conflicts survive the file", () => {
    const conflicts = inGroups(7);
    expect(unpacked(packed(conflicts))).toEqual(conflicts);
    expect(
      unpacked(
        packed([
          [false, false],
          [true, false],
        ]),
      ),
    ).toEqual([
      [false, false],
      [true, false],
    ]);
    expect(pairShare(inGroups(40))).toBe(0);
    expect(pairShare(inGroups(1))).toBe(1);
  });

  test("who never meets is never run again, and takes as long as a run takes", () => {
    const alone = simulate(inGroups(40), { ...LOAD, perSecond: 100 });
    expect(alone).toMatchObject({ conflictShare: 0, runsPerLog: 1, refusedShare: 0 });
    expect(alone.p95Ms).toBeGreaterThan(70);
    expect(alone.p95Ms).toBeLessThan(75);
  });

  test("who always meets does so as often as somebody else commits during a run", () => {
    // Arrivals are random: within a mean run of 50 ms at 2 a second nobody else commits with probability exp(-0.1).
    const slow = simulate(inGroups(1), { ...LOAD, logs: 5000, perSecond: 2 });
    expect(slow.conflictShare).toBeCloseTo(1 - Math.exp(-0.1), 1);
    const fast = simulate(inGroups(1), { ...LOAD, perSecond: 200 });
    expect(fast.refusedShare).toBeGreaterThan(0.3);
    expect(fast.runsPerLog).toBeLessThanOrEqual(5);
  });

  test("runs at once are bounded: the others wait", () => {
    const crowded = simulate(inGroups(40), { ...LOAD, slots: 1, perSecond: 30 });
    expect(crowded.p95Ms).toBeGreaterThan(1000);
  });

  test("fewer meetings sustain more", () => {
    const goal = { ...LOAD, logs: 1000, refusedShare: 0.001, most: 400 };
    const [many, few] = [
      sustainedPerSecond(inGroups(2), goal),
      sustainedPerSecond(inGroups(10), goal),
    ];
    expect(many).toBeLessThan(few);
    expect(sustainedPerSecond(inGroups(40), goal)).toBe(400);
  });
});

describe("the model", () => {
  test("a figure follows the logarithm of the activities", () => {
    const points = [
      { activities: 1000, value: 30 },
      { activities: 10_000, value: 40 },
      { activities: 100_000, value: 50 },
    ];
    expect(model.extrapolated(points, 10_000_000)).toBeCloseTo(70);
    expect(model.extrapolated(points.slice(0, 1), 10)).toBe(30);
    expect(model.extrapolated([...points.slice(0, 1), { activities: 10_000, value: 0 }], 1e9)).toBe(
      0,
    );
  });

  test("the ranks' worker runs for each log alone, and no more often than it looks for more", () => {
    expect(model.workerRuns(100, 12)).toBeCloseTo(1200, -1);
    const seconds = 30 * 86_400;
    expect(model.workerRuns(1e9, 12)).toBeCloseTo(6 * seconds, -3);
  });
});

/** @type {import("../scale/tables.mjs").Data} */
const data = JSON.parse(readFileSync(inRoot("docs", "scale.json"), "utf8"));

describe("docs/scale.md", () => {
  test("says what the formulas give for docs/scale.json", () => {
    // When the formulas or words were changed on purpose: npm run scale -- --render
    expect(readFileSync(inRoot("docs", "scale.md"), "utf8")).toBe(documentOf(data));
  });

  test("shows what the simulation gives today", () => {
    const { conflicts } = model.largest(data.cells).contention;
    const [perSecond = 1] = RATES.slice(-1);
    expect(data.simulations.byRate.at(-1)).toEqual({
      perSecond,
      ...simulated(conflicts, perSecond),
    });
  });

  test("parts of a month add up, and every update of an open board is a call", () => {
    const month = model.monthly(data.cells, 10_000);
    const changes = 10_000 * 30 * 0.85;
    expect(month.calls.writes).toBeCloseTo(changes);
    const watchers = (10_000 * 2 * 2) / 1440;
    const { total } = model.largest(data.cells).reruns;
    expect(month.calls.live).toBeCloseTo(watchers * changes * total);
    expect(model.sum(month.calls)).toBeGreaterThan(month.calls.live);
  });

  test.each([
    { people: 10_000, best: "own rank every 2 minutes, not 20 s" },
    { people: 1_000_000, best: "a tree a person" },
  ])("the words name the best single lever for $people people", ({ people, best }) => {
    const prices = model
      .leverMonths(data, people)
      .filter(({ name }) => name !== "both")
      .map(({ name, month }) => ({ name, price: model.dollars(month) }));
    const least = Math.min(...prices.map(({ price }) => price));
    const found = prices.find(({ name }) => name === best)?.price;
    // Another may be a little cheaper and leave the contention.
    expect(found).toBeLessThan(least * 1.1);
  });

  test("who has a tree of their own meets nobody", () => {
    const trees = data.simulations.ways.find(({ name }) => name === "a tree a person");
    expect(trees?.shares).toEqual(data.levers[0]?.cells.map(() => 0));
    expect(pairShare(unpacked(data.treeAPerson.contention.conflicts))).toBe(0);
  });

  test("figures are short", () => {
    expect([0, 0.01234, 12.34, 1234, 2_592_000, 999_999].map(brief)).toEqual([
      "0",
      "0.0123",
      "12.3",
      "1,230",
      "2.59 million",
      "1 million",
    ]);
  });
});
