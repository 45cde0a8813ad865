import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays } from "../lib/rules/dates";
import { currentStreak, streakAfter, streakOf } from "../lib/rules/streak";

const RULES = { minPoints: 10, bonus: "running", dailyCap: 30 } as const;

/** Days in a row from `first`, one entry of points each; null leaves the day out. */
function days(first: string, ...points: Array<number | null>) {
  return points.flatMap((streakPoints, index) =>
    streakPoints === null ? [] : [{ day: addDays(first, index), streakPoints }],
  );
}

describe("streakOf", () => {
  test("nobody has a streak without a counting day", () => {
    const none = { length: 0, lastDay: null, longest: 0, bonusPoints: 0 };
    expect(streakOf([], RULES)).toEqual(none);
    expect(streakOf(days("2026-05-01", 9, 0, -20), RULES)).toEqual(none);
  });

  test("a counting day pays its position in the run", () => {
    expect(streakOf(days("2026-05-01", 10, 10, 10, 10), RULES)).toEqual({
      length: 4,
      lastDay: "2026-05-04",
      longest: 4,
      bonusPoints: 1 + 2 + 3 + 4,
    });
  });

  test("a missing day and a weak day end the run alike", () => {
    const expected = {
      length: 2,
      lastDay: "2026-05-06",
      longest: 3,
      bonusPoints: 1 + 2 + 3 + 1 + 2,
    };
    expect(streakOf(days("2026-05-01", 10, 10, 10, null, 10, 10), RULES)).toEqual(expected);
    expect(streakOf(days("2026-05-01", 10, 10, 10, 9, 10, 10), RULES)).toEqual(expected);
    expect(streakOf(days("2026-05-01", 10, 10, 10, -5, 10, 10), RULES)).toEqual(expected);
  });

  test("a back-filled day joins two runs", () => {
    expect(streakOf(days("2026-05-01", 10, 10, 10, 10, 10, 10), RULES)).toMatchObject({
      length: 6,
      longest: 6,
      bonusPoints: 21,
    });
  });

  test("a day's bonus stops at the cap, the run does not", () => {
    const month = days("2026-05-01", ...Array.from({ length: 40 }, () => 10));
    expect(streakOf(month, { ...RULES, dailyCap: 3 })).toMatchObject({
      length: 40,
      bonusPoints: 1 + 2 + 38 * 3,
    });
    expect(streakOf(month, { ...RULES, dailyCap: 0 }).bonusPoints).toBe(0);
    expect(streakOf(month, RULES).bonusPoints).toBe(465 + 10 * 30);
  });

  test("without a bonus the streak is still counted", () => {
    expect(streakOf(days("2026-05-01", 10, 10), { ...RULES, bonus: "none" })).toEqual({
      length: 2,
      lastDay: "2026-05-02",
      longest: 2,
      bonusPoints: 0,
    });
  });

  test.each([
    ["summer time begins", "2026-03-27"],
    ["summer time ends", "2026-10-23"],
    ["a leap day", "2024-02-27"],
    ["no leap day", "2026-02-27"],
    ["the year ends", "2025-12-30"],
  ])("a run goes on where %s", (_, first) => {
    expect(streakOf(days(first, 10, 10, 10, 10, 10), RULES).length).toBe(5);
  });

  test("agrees with counting every day on its own", () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: -20, max: 40 })), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 10 }),
        (points, minPoints, dailyCap) => {
          const counts = points.map((value) => value !== null && value >= minPoints);
          const positions = counts.map((isCounting, index) =>
            isCounting ? index - counts.lastIndexOf(false, index) : 0,
          );
          const streak = streakOf(days("2026-03-01", ...points), {
            minPoints,
            bonus: "running",
            dailyCap,
          });
          const lastIndex = counts.lastIndexOf(true);
          expect(streak).toEqual({
            length: positions[lastIndex] ?? 0,
            lastDay: lastIndex < 0 ? null : addDays("2026-03-01", lastIndex),
            longest: Math.max(0, ...positions),
            bonusPoints: positions.reduce((sum, at) => sum + Math.min(at, dailyCap), 0),
          });
        },
      ),
    );
  });
});

describe("currentStreak", () => {
  test("is alive today and the day after, then 0", () => {
    expect(currentStreak(5, "2026-03-01", "2026-03-01")).toBe(5);
    expect(currentStreak(5, "2026-03-01", "2026-03-02")).toBe(5);
    expect(currentStreak(5, "2026-03-01", "2026-03-03")).toBe(0);
    expect(currentStreak(5, "2024-02-29", "2024-03-01")).toBe(5);
    expect(currentStreak(5, "2026-03-02", "2026-03-01")).toBe(5);
  });

  test("without today it is the last run; without a counting day 0", () => {
    expect(currentStreak(5, "2026-03-01")).toBe(5);
    expect(currentStreak(0, null)).toBe(0);
    expect(currentStreak(0, null, "2026-03-01")).toBe(0);
  });
});

describe("streakAfter", () => {
  const points = fc.constantFrom(-5, 0, 9, 10, 40);
  const history = fc.array(fc.option(points), { maxLength: 12 });

  test("is the streak of all days after the change, or asks for the days", () => {
    let known = 0;
    fc.assert(
      fc.property(history, fc.nat({ max: 13 }), points, (before, index, now) => {
        const stored = days("2026-05-01", ...before);
        const day = addDays("2026-05-01", index);
        const entry = stored.find((one) => one.day === day);
        const changes = [{ day, before: entry?.streakPoints ?? 0, now }];
        const told = streakAfter(streakOf(stored, RULES), changes, RULES);
        if (told === null) return;
        known += 1;
        const others = stored.filter((one) => one.day !== day);
        const all = [...others, { day, streakPoints: now }];
        all.sort((one, other) => (one.day < other.day ? -1 : 1));
        expect(told).toEqual(streakOf(all, RULES));
      }),
    );
    expect(known).toBeGreaterThan(10);
  });

  test("knows a day that goes on after the last, and asks for one before it or one that is lost", () => {
    const before = streakOf(days("2026-05-01", 10, 10, null, 10), RULES);
    const change = (day: string, points: number, now: number) =>
      streakAfter(before, [{ day, before: points, now }], RULES);
    expect(change("2026-05-05", 0, 10)).toMatchObject({ length: 2, longest: 2 });
    expect(change("2026-05-09", 9, 10)).toMatchObject({ length: 1, lastDay: "2026-05-09" });
    expect(change("2026-05-04", 10, 90)).toBe(before);
    expect(change("2026-05-03", 0, 10)).toBeNull();
    expect(change("2026-05-04", 10, 9)).toBeNull();
  });
});
