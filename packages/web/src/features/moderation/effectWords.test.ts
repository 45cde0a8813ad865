import { expect, test } from "vitest";
import { effectParts, totalWords } from "./effectWords";

const LOSS = { total: -51, own: -47, others: 0, streakBonus: -4 };

test("what becomes of a total is a sentence", () => {
  expect(totalWords("Ada", LOSS)).toBe("The total of Ada goes down by 51 points.");
  expect(totalWords("Ada", { ...LOSS, total: 1 })).toBe("The total of Ada goes up by 1 point.");
  expect(totalWords("Ada", { ...LOSS, total: 0 })).toBe("The total of Ada stays as it is.");
});

test("its parts are named when there are several", () => {
  expect(effectParts(LOSS)).toEqual(["−47 this activity", "−4 streak bonus"]);
  expect(effectParts({ total: -47, own: -47, others: 0, streakBonus: 0 })).toEqual([]);
  expect(effectParts({ total: 5, own: 0, others: 5, streakBonus: 0 })).toEqual([
    "+5 other activities of the day",
  ]);
});

test("what Strava told stays between Strava and its person", () => {
  expect(totalWords("Ada", null)).toMatch(/came from Strava and is Ada's alone/);
  expect(effectParts(null)).toEqual([]);
});
