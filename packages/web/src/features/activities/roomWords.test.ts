import { expect, test } from "vitest";
import { roomWords } from "./roomWords";

const FIXED = { kind: "fixed", points: 5 } as const;
const ALLOWANCE = {
  kind: "allowance",
  metric: "duration_s",
  unit: "minute",
  freePerDay: 30,
  pointsPerUnit: -1,
} as const;

test("what every limit leaves is said with what it allows", () => {
  const limits = { maxPerDay: 2, maxPerWeek: 5, maxPerChallenge: 1, maxPointsPerDay: 50 };
  const room = { maxPerDay: 1, maxPerWeek: 0, maxPerChallenge: 1, points: 12 };
  expect(roomWords({ limits, scoring: FIXED }, room, { isToday: true })).toEqual([
    "1 of 2 times left today",
    "0 of 5 times left this week",
    "1 of 1 time left in the challenge",
    "12 of 50 points left today",
  ]);
});

test("a free amount is said in the rule's unit, and of another day as that day", () => {
  const words = roomWords({ limits: {}, scoring: ALLOWANCE }, { free: 600 }, { isToday: false });
  expect(words).toEqual(["10 min free that day"]);
});

test("nothing is said where nothing is bounded", () => {
  expect(roomWords({ limits: {}, scoring: FIXED }, {}, { isToday: true })).toEqual([]);
});
