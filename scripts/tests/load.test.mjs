import { describe, expect, test } from "vitest";
import { castOf, mostLogsPerSecond, planOf } from "../load/plan.mjs";
import { ranksOf, staleParts } from "../load/screens.mjs";
import { Sightings } from "../load/sightings.mjs";

/** Rows of one person and day, in the backend. */
const MAX_ROWS_PER_DAY = 30;
/** The rate limit of the backend: so many at once, and so many a minute in the long run. */
const [AT_ONCE, PER_MINUTE] = [10, 30];

/** @param {import("../load/plan.mjs").Load} load the worst that one person may ever lack of the rate limit's tokens */
function fewestTokens(load) {
  /** @type {Map<number, {tokens: number, atMs: number}>} */
  const buckets = new Map();
  let fewest = AT_ONCE;
  for (const { person, atMs } of planOf(load)) {
    const { tokens, atMs: before } = buckets.get(person) ?? { tokens: AT_ONCE, atMs };
    const refilled = Math.min(AT_ONCE, tokens + ((atMs - before) * PER_MINUTE) / 60_000);
    fewest = Math.min(fewest, refilled - 1);
    buckets.set(person, { tokens: refilled - 1, atMs });
  }
  return fewest;
}

/** @param {import("../load/plan.mjs").Deed[]} plan how often the busiest person logs */
function mostOfOne(plan) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const { person, kind } of plan)
    if (kind === "log") counts.set(person, (counts.get(person) ?? 0) + 1);
  return Math.max(...counts.values());
}

describe("the plan of a load", () => {
  test.each([
    { people: 1000, seconds: 60, logsPerSecond: 20, boardOnly: true },
    { people: 2000, seconds: 60, logsPerSecond: 20, boardOnly: false },
    { people: 2000, seconds: 150, logsPerSecond: 32, boardOnly: false },
    { people: 60, seconds: 120, logsPerSecond: 12, boardOnly: true },
    { people: 3, seconds: 60, logsPerSecond: 1, boardOnly: true },
  ])("sends as much as is asked for, and nobody more than the limits let: %o", (load) => {
    expect(load.logsPerSecond).toBeLessThanOrEqual(mostLogsPerSecond(load));
    const plan = planOf(load);
    expect(plan).toHaveLength(load.seconds * load.logsPerSecond);
    expect(plan.every(({ atMs }) => atMs >= 0 && atMs < load.seconds * 1000)).toBe(true);
    expect(fewestTokens(load)).toBeGreaterThanOrEqual(0);
    expect(mostOfOne(plan)).toBeLessThanOrEqual(MAX_ROWS_PER_DAY);
  });

  test("lets one in ten write and others turn pages, but all stay and may log with board-only", () => {
    const load = { people: 2000, seconds: 60, logsPerSecond: 20 };
    const mixed = castOf({ ...load, boardOnly: false });
    expect([mixed.writers.length, mixed.browsers.length]).toEqual([200, 180]);
    expect(new Set(planOf({ ...load, boardOnly: false }).map(({ kind }) => kind)).size).toBe(2);
    const boardOnly = castOf({ ...load, boardOnly: true });
    expect([boardOnly.writers.length, boardOnly.browsers.length]).toEqual([2000, 0]);
  });
});

/** @param {string} userId @param {number} totalPoints @param {number} rank */
const row = (userId, totalPoints, rank) =>
  /** @type {import("../load/person.mjs").BoardRow} */ (
    /** @type {unknown} */ ({ userId, totalPoints, rank })
  );

describe("a screen", () => {
  const total = [row("ada", 9, 1), row("bob", 7, 2), row("cy", 7, 2), row("dee", 1, 4)];
  const boards = { total, week: [] };
  const ranks = { total: ranksOf(total), week: ranksOf([]) };
  /** @param {object} change */
  const screen = (change) =>
    /** @type {import("../load/person.mjs").Person} */ (
      /** @type {unknown} */ ({
        userId: "cy",
        view: "total",
        pages: [{ page: total }],
        own: { totalPoints: 7 },
        rank: 2,
        ...change,
      })
    );

  test("is the newest when page, own row and rank are; equal points share a rank", () => {
    expect([...ranks.total.values()]).toEqual([1, 2, 2, 4]);
    expect(staleParts(screen({}), boards, ranks)).toEqual([]);
  });

  test.each([
    [{ pages: [{ page: total.slice(0, 3) }] }, ["board"]],
    [{ pages: [{ page: [...total.slice(0, 3), row("dee", 0, 4)] }] }, ["board"]],
    [{ pages: [] }, ["board"]],
    [{ own: null }, ["own row"]],
    [{ own: { totalPoints: 6 }, rank: 3 }, ["own row", "rank"]],
  ])("is stale where a part of it is: %o", (change, stale) => {
    expect(staleParts(screen(change), boards, ranks)).toEqual(stale);
  });
});

test("a screen shows a log when it first shows its total, or a newer one", () => {
  const sightings = new Sightings(["ada"]);
  const at = (/** @type {number} */ totalPoints) => [
    { userId: "ada", totalPoints },
    { userId: "bob", totalPoints: 99 },
  ];
  sightings.note(at(5), 100);
  sightings.note(at(5), 150);
  sightings.note(at(9), 200);
  const logs = [
    { userId: "ada", sentAtMs: 90, totalPoints: 5 },
    { userId: "ada", sentAtMs: 110, totalPoints: 7 },
    { userId: "ada", sentAtMs: 120, totalPoints: 10 },
  ];
  expect(sightings.delaysOf(logs)).toEqual({ delays: [10, 90], missing: 1 });
});
