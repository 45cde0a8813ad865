import { describe, expect, test } from "vitest";
import { calendarDays, calendarWeeks, dayAfterKey, dayWords } from "./calendar";

/** 2026-02-02 is a Monday. */
const SPAN = { startsOn: "2026-02-04", endsOn: "2026-02-16", today: "2026-02-10" };

function stored(day: string, points: number, streak = 0) {
  return { day, points, streakPoints: points, activityCount: 1, streak, streakBonusPoints: streak };
}

describe("the calendar of a challenge", () => {
  const days = calendarDays(SPAN, [stored("2026-02-04", 20, 1), stored("2026-02-05", 78, 2)]);

  test("has every day of it, with the streak bonus in the points", () => {
    expect(days).toHaveLength(13);
    expect(days[0]).toEqual({
      day: "2026-02-04",
      points: 21,
      activityCount: 1,
      streak: 1,
      streakBonusPoints: 1,
      level: 2,
      isFuture: false,
      isToday: false,
    });
    expect(days[1]).toMatchObject({ points: 80, level: 4 });
    expect(days[2]).toMatchObject({ points: 0, level: 0, streak: 0 });
    expect(days.filter(({ isToday }) => isToday).map(({ day }) => day)).toEqual(["2026-02-10"]);
    expect(days.filter(({ isFuture }) => isFuture)).toHaveLength(6);
  });

  test("stands in weeks from Monday, with gaps where the challenge has no day", () => {
    const weeks = calendarWeeks(days);
    expect(weeks.map((week) => week.map((one) => one?.day.slice(-2) ?? "."))).toEqual([
      [".", ".", "04", "05", "06", "07", "08"],
      ["09", "10", "11", "12", "13", "14", "15"],
      ["16", ".", ".", ".", ".", ".", "."],
    ]);
    expect(calendarWeeks([])).toEqual([]);
  });

  test("a week that ends on a Sunday gets no empty row", () => {
    const whole = { startsOn: "2026-02-02", endsOn: "2026-02-15", today: "2026-02-10" };
    expect(calendarWeeks(calendarDays(whole, []))).toHaveLength(2);
  });

  test("is right before 1970-01-05 too, whose weekday it counts from", () => {
    const early = { startsOn: "1970-01-01", endsOn: "1970-01-05", today: "1970-01-01" };
    const [first] = calendarWeeks(calendarDays(early, []));
    expect(first?.findIndex((one) => one !== null)).toBe(3);
  });

  test("takes from a day with a loss only points, not the pattern of a good one", () => {
    const [day] = calendarDays(SPAN, [stored("2026-02-04", -5)]);
    expect(day).toMatchObject({ points: -5, level: 0 });
  });
});

describe("a day says", () => {
  const [day] = calendarDays(SPAN, [stored("2026-02-04", 44, 1)]);
  if (day === undefined) throw new Error("no day");

  test("its points and its streak", () => {
    expect(dayWords(day)).toMatch(/^(4 February|February 4), 45 points, streak 1$/);
    expect(dayWords({ ...day, points: 1, streak: 0 })).toMatch(/, 1 point$/);
  });

  test("that it is today, or still to come", () => {
    expect(dayWords({ ...day, isToday: true })).toContain(", today, 45 points");
    expect(dayWords({ ...day, isFuture: true })).toMatch(/, still to come$/);
  });
});

describe("keys", () => {
  test.each([
    ["ArrowLeft", "2026-02-09"],
    ["ArrowRight", "2026-02-11"],
    ["ArrowUp", "2026-02-10"],
    ["ArrowDown", "2026-02-10"],
    ["Home", "2026-02-08"],
    ["End", "2026-02-12"],
  ])("%s goes to %s inside the challenge", (key, target) => {
    const span = { startsOn: "2026-02-08", endsOn: "2026-02-12" };
    expect(dayAfterKey(key, "2026-02-10", span)).toBe(target);
  });

  test("a week up and down where there is one", () => {
    expect(dayAfterKey("ArrowUp", "2026-02-12", SPAN)).toBe("2026-02-05");
    expect(dayAfterKey("ArrowDown", "2026-02-05", SPAN)).toBe("2026-02-12");
  });

  test("others do nothing", () => {
    expect(dayAfterKey("a", "2026-02-10", SPAN)).toBeNull();
  });
});
