import { expect, test } from "vitest";
import { pointSources } from "./pointSources";

test("the parts of a total add up to it, largest first", () => {
  const categories = [
    { key: "Treats", points: -5, activityCount: 1 },
    { key: "Cardio", points: 90, activityCount: 3 },
  ];
  const parts = pointSources({ categories, streakBonusPoints: 6, totalPoints: 141 });
  expect(parts).toEqual([
    { key: "Cardio", points: 90 },
    { key: "Awards and other", points: 50 },
    { key: "Streak bonus", points: 6 },
    { key: "Treats", points: -5 },
  ]);
  expect(parts.reduce((sum, { points }) => sum + points, 0)).toBe(141);
});

test("what gave nothing is left out", () => {
  expect(pointSources({ categories: [], streakBonusPoints: 0, totalPoints: 0 })).toEqual([]);
});
