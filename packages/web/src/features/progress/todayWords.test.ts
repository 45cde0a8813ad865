import { describe, expect, test } from "vitest";
import { nextPlaceWords, streakState, streakWords, timeLeftWords } from "./todayWords";

describe("the streak today", () => {
  const facts = { currentStreak: 5, streakPoints: 3, streakMinPoints: 10 };

  test("is at risk until the day counts", () => {
    expect(streakState(facts)).toBe("atRisk");
    expect(streakWords(facts)).toEqual({
      title: "7 points to keep your streak",
      text: "You have 5 days in a row.",
    });
  });

  test("counts from the least a day needs", () => {
    expect(streakState({ ...facts, streakPoints: 9 })).toBe("atRisk");
    expect(streakState({ ...facts, streakPoints: 10 })).toBe("counts");
    expect(streakWords({ ...facts, streakPoints: 10 }).title).toBe("Today counts");
  });

  test("starts with a day that counts", () => {
    const none = { ...facts, currentStreak: 0, streakPoints: -2 };
    expect(streakWords(none)).toEqual({
      title: "12 points to start a streak",
      text: "A day counts from 10 points.",
    });
  });
});

test.each([
  [5 * 3_600_000 + 12 * 60_000, "5 h 12 min"],
  [59_000, "1 min"],
  [-1, "1 min"],
  [59 * 60_000 + 1, "1 h 0 min"],
])("%d ms are %s", (ms, words) => {
  expect(timeLeftWords(ms)).toBe(words);
});

describe("the next place", () => {
  const own = { rank: 4, totalPoints: 90 };
  const above = { rank: 3, totalPoints: 100, displayName: "Ana" };

  test("needs one point more than the gap", () => {
    expect(nextPlaceWords(own, above)).toEqual({
      title: "11 points to pass Ana",
      text: "They are on rank 3 with 100 points.",
    });
  });

  test("is shared where points are equal", () => {
    expect(nextPlaceWords({ ...own, totalPoints: 100 }, above).title).toBe("Level with Ana");
  });

  test("is not there for whoever leads", () => {
    expect(nextPlaceWords({ ...own, rank: 1 }, null).title).toBe("You lead");
  });
});
