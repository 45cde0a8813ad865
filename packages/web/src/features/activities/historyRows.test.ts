import { expect, it } from "vitest";
import { daySum } from "./historyRows";

it("a day comes to its points and its streak bonus, and goes on from the days before", () => {
  const stored = (day: string, points: number, streak: number) => ({
    day,
    points,
    streakPoints: points,
    activityCount: 1,
    streak,
    streakBonusPoints: streak,
  });
  const days = [
    stored("2026-03-01", 10, 1),
    stored("2026-03-02", 20, 2),
    stored("2026-03-04", -5, 0),
  ];
  expect(daySum(days, "2026-03-02")).toEqual({
    points: 22,
    streak: 2,
    streakBonusPoints: 2,
    upTo: 33,
  });
  expect(daySum(days, "2026-03-04")).toMatchObject({ points: -5, upTo: 28 });
  expect(daySum(days, "2026-03-03")).toBeNull();
});
