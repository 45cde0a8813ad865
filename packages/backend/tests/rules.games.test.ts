import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Figures } from "../tables/games";
import type { BoardRow } from "../tables/snapshots";
import {
  type BoardKey,
  checkDays,
  checkSettings,
  closingDay,
  counterpartsOf,
  figuresOf,
  huntLines,
  instantsOf,
  isAbove,
  partnerLines,
  pointsOf,
  rankRows,
  recordLines,
} from "../lib/rules/games";

const key = (userId: string, totalPoints: number, reachedAt: number) =>
  ({ userId, totalPoints, reachedAt }) as BoardKey;
const figures = (given: Partial<Figures>): Figures => ({
  points: 0,
  bestDay: null,
  bestDayBefore: null,
  ...given,
});

const WEEK = { startsOn: "2026-06-08", endsOn: "2026-06-14" };
const PARTNER = { kind: "partnerWeek", sharePercent: 10 } as const;
const HUNT = { kind: "huntWeek", catchPoints: 75, caughtPoints: 25 } as const;
const RECORD = { kind: "prWeek", recordPoints: 100 } as const;

describe("a board", () => {
  const people = fc.uniqueArray(
    fc.record({
      userId: fc.string({ minLength: 1, maxLength: 3 }),
      totalPoints: fc.integer({ min: -3, max: 3 }),
      reachedAt: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: ({ userId }) => userId, maxLength: 20 },
  );
  const inOrder = (all: Array<{ userId: string; totalPoints: number; reachedAt: number }>) =>
    all
      .map((one) => key(one.userId, one.totalPoints, one.reachedAt))
      .sort((a, b) => (isAbove(a, b) ? -1 : 1));

  test("ranks everybody below all who have more, whatever its pages are", () => {
    fc.assert(
      fc.property(people, fc.nat(20), (all, cut) => {
        const ordered = inOrder(all);
        const first = rankRows(ordered.slice(0, cut), null);
        const rows = [...first, ...rankRows(ordered.slice(cut), first.at(-1) ?? null)];
        for (const [index, { userId, totalPoints, position, rank }] of rows.entries()) {
          expect(position).toBe(index + 1);
          const above = all.filter((other) => other.totalPoints > totalPoints).length;
          expect(rank, userId).toBe(above + 1);
        }
      }),
    );
  });

  test("of equal totals who reached it first is above, then the smaller id", () => {
    const ordered = inOrder([
      { userId: "b", totalPoints: 5, reachedAt: 1 },
      { userId: "a", totalPoints: 5, reachedAt: 2 },
      { userId: "c", totalPoints: 5, reachedAt: 1 },
      { userId: "d", totalPoints: 6, reachedAt: 9 },
      { userId: "e", totalPoints: -1, reachedAt: 0 },
    ]);
    expect(rankRows(ordered, null).map(({ userId, rank }) => [userId, rank])).toEqual([
      ["d", 1],
      ["b", 2],
      ["c", 2],
      ["a", 2],
      ["e", 5],
    ]);
  });
});

describe("partner week", () => {
  test.each([1, 2, 3, 4, 5, 10, 11])(
    "of %i pairs first with last, and the middle with itself",
    (players) => {
      const partners = Array.from({ length: players }, (_, index) => {
        const [partner, ...others] = counterpartsOf("partnerWeek", index + 1, players);
        expect(others).toEqual([]);
        return partner?.position;
      });
      expect(partners).toEqual(Array.from({ length: players }, (_, index) => players - index));
      for (const [index, partner = 0] of partners.entries())
        expect(partners[partner - 1]).toBe(index + 1);
    },
  );

  test.each([
    [0, 0],
    [4, 0],
    [5, 1],
    [14, 1],
    [15, 2],
    [-5, 0],
    [-500, 0],
    [999_999_999, 1_000_000],
  ])("gives for %i points of the partner %i", (points, share) => {
    const lines = partnerLines(PARTNER, figures({ points }));
    expect(pointsOf(lines)).toBe(share);
    expect(lines.length).toBe(share === 0 ? 0 : 1);
  });

  test("shares like exact arithmetic does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 900_000 }),
        fc.integer({ min: 0, max: 100 }),
        (points, sharePercent) => {
          const exact = points * sharePercent;
          const whole = (exact - (exact % 100)) / 100;
          const expected = exact % 100 >= 50 ? whole + 1 : whole;
          const lines = partnerLines({ ...PARTNER, sharePercent }, figures({ points }));
          expect(pointsOf(lines)).toBe(expected);
        },
      ),
    );
  });
});

describe("hunt week", () => {
  test.each([
    [1, 1, []],
    [1, 2, [["hunter", 2]]],
    [2, 2, [["prey", 1]]],
    [
      2,
      3,
      [
        ["prey", 1],
        ["hunter", 3],
      ],
    ],
  ])("position %i of %i has %j", (position, players, expected) => {
    const found = counterpartsOf("huntWeek", position, players);
    expect(found.map((counterpart) => [counterpart.role, counterpart.position])).toEqual(expected);
  });

  const me = key("m", 50, 5);
  test.each([
    ["the prey is behind", { prey: key("p", 49, 1), hunter: key("h", 49, 1) }, 75],
    ["both are passed and passing", { prey: key("p", 49, 1), hunter: key("h", 51, 1) }, 50],
    ["only the hunter passes", { prey: key("p", 51, 1), hunter: key("h", 51, 1) }, -25],
    ["nothing changes", { prey: key("p", 51, 1), hunter: key("h", 49, 1) }, 0],
    ["equal totals: they reached it later", { prey: key("p", 50, 6), hunter: key("h", 50, 6) }, 75],
    [
      "equal totals: they reached it first",
      { prey: key("p", 50, 4), hunter: key("h", 50, 4) },
      -25,
    ],
    ["equal all through: the id decides", { prey: key("a", 50, 5), hunter: key("z", 50, 5) }, 0],
    ["both have left", { prey: null, hunter: null }, 75],
    ["there is no prey", { hunter: key("h", 51, 1) }, -25],
    ["there is no hunter", { prey: key("p", 1, 1) }, 75],
    ["there is nobody else", {}, 0],
  ])("when %s", (_, others, expected) => {
    expect(pointsOf(huntLines(HUNT, me, others))).toBe(expected);
  });
});

describe("record week", () => {
  test.each([
    [101, 100, 100],
    [100, 100, 0],
    [99, 100, 0],
    [-1, -2, 100],
    [50, null, 0],
    [null, 50, 0],
    [null, null, 0],
  ])("with a best day of %s after one of %s gives %i", (bestDay, bestDayBefore, expected) => {
    expect(pointsOf(recordLines(RECORD, figures({ bestDay, bestDayBefore })))).toBe(expected);
  });
});

describe("a person's figures", () => {
  const day = fc
    .integer({ min: 1, max: 20 })
    .map((number) => `2026-06-${String(number).padStart(2, "0")}`);
  const rows = fc.array(
    fc.record({ day, points: fc.integer({ min: -50, max: 50 }), isSystem: fc.boolean() }),
    { maxLength: 40 },
  );

  test("are those of the rows a person logged, whatever else the days hold", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const days = [...new Set(all.map((row) => row.day))].map((name) => {
          const own = all.filter((row) => row.day === name);
          const points = own.reduce((sum, row) => sum + row.points, 0);
          return { day: name, points, activityCount: own.filter((row) => !row.isSystem).length };
        });
        const system = all
          .filter((row) => row.isSystem)
          .map((row) => ({ loggedDate: row.day, pointsEarned: row.points }));
        const logged = all.filter((row) => !row.isSystem);
        const sums = (list: typeof all) => {
          const byDay = new Map<string, number>();
          for (const row of list) byDay.set(row.day, (byDay.get(row.day) ?? 0) + row.points);
          return [...byDay.values()];
        };
        const inside = sums(
          logged.filter((row) => row.day >= "2026-06-08" && row.day <= "2026-06-14"),
        );
        const before = sums(logged.filter((row) => row.day < "2026-06-08"));
        expect(figuresOf(days, system, WEEK)).toEqual({
          points: inside.reduce((sum, points) => sum + points, 0),
          bestDay: inside.length === 0 ? null : Math.max(...inside),
          bestDayBefore: before.length === 0 ? null : Math.max(...before),
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe("settings and days", () => {
  test("have defaults", () => {
    expect(checkSettings({ kind: "partnerWeek" })).toEqual({ ok: true, value: PARTNER });
    expect(checkSettings({ kind: "huntWeek" })).toEqual({ ok: true, value: HUNT });
    expect(checkSettings({ kind: "prWeek" })).toEqual({ ok: true, value: RECORD });
  });

  test.each([
    [{ kind: "partnerWeek", sharePercent: 101 }, "settings.sharePercent"],
    [{ kind: "partnerWeek", sharePercent: 2.5 }, "settings.sharePercent"],
    [{ kind: "huntWeek", catchPoints: -1 }, "settings.catchPoints"],
    [{ kind: "huntWeek", caughtPoints: Number.NaN }, "settings.caughtPoints"],
    [{ kind: "prWeek", recordPoints: 10_001 }, "settings.recordPoints"],
  ] as const)("%j is refused", (wish, path) => {
    expect(checkSettings(wish)).toMatchObject({
      ok: false,
      refusal: { code: "INVALID_INPUT", path },
    });
  });

  const june = { startsOn: "2026-06-01", endsOn: "2026-06-30" };
  test.each([
    [{ startsOn: "2026-05-31", endsOn: "2026-06-07" }, "startsOn"],
    [{ startsOn: "2026-06-31", endsOn: "2026-06-30" }, "startsOn"],
    [{ startsOn: "2026-06-20", endsOn: "2026-07-01" }, "endsOn"],
    [{ startsOn: "2026-06-09", endsOn: "2026-06-08" }, "endsOn"],
  ])("the days %j are refused", (days, path) => {
    expect(checkDays(days, june)).toMatchObject({ ok: false, refusal: { path } });
  });

  test("begin and end at midnight of the challenge's zone, summer time or not", () => {
    const { startsAt, endsAt } = instantsOf(
      { startsOn: "2026-03-28", endsOn: "2026-03-29" },
      "Europe/Amsterdam",
    );
    expect(new Date(startsAt).toISOString()).toBe("2026-03-27T23:00:00.000Z");
    expect(new Date(endsAt).toISOString()).toBe("2026-03-29T22:00:00.000Z");
  });

  test("an early end makes today the last day, in the challenge's zone", () => {
    const at = (text: string) => closingDay(WEEK, Date.parse(text), "Pacific/Auckland");
    expect(at("2026-06-09T11:59:00Z")).toEqual({ ok: true, value: "2026-06-09" });
    expect(at("2026-06-09T12:01:00Z")).toEqual({ ok: true, value: "2026-06-10" });
    expect(at("2026-07-09T12:00:00Z")).toEqual({ ok: true, value: "2026-06-14" });
    expect(at("2026-06-07T11:59:00Z")).toMatchObject({ ok: false, refusal: { path: "gameId" } });
  });
});

test("rows of a board keep nothing but what a snapshot needs", () => {
  const row: BoardRow | undefined = rankRows([key("a", 1, 2)], null)[0];
  expect(row).toEqual({ position: 1, rank: 1, userId: "a", totalPoints: 1, reachedAt: 2 });
});
