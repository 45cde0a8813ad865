import { expect, test } from "vitest";
import { effectParts, totalWords } from "./effectWords";

const NOTHING = {
  total: 0,
  own: 0,
  others: 0,
  streakBonus: 0,
  awards: 0,
  moved: { others: [], awards: [] },
  awardsFollow: false,
};
const LOSS = { ...NOTHING, total: -51, own: -47, streakBonus: -4 };

test("what becomes of a total is a sentence", () => {
  expect(totalWords("Ada", LOSS)).toBe("The total of Ada goes down by 51 points.");
  expect(totalWords("Ada", { ...LOSS, total: 1 })).toBe("The total of Ada goes up by 1 point.");
  expect(totalWords("Ada", { ...LOSS, total: 0 })).toBe("The total of Ada stays as it is.");
});

test("its parts are named when there are several", () => {
  expect(effectParts(LOSS)).toEqual(["−47 this activity", "−4 streak bonus"]);
  expect(effectParts({ ...NOTHING, total: -47, own: -47 })).toEqual([]);
  const others = [{ typeName: "Run", pointsBefore: 50, pointsAfter: 0 }];
  const awards = [{ name: "Both", pointsBefore: 0, pointsAfter: 10 }];
  const moved = { others, awards };
  const effect = { ...NOTHING, total: 11, own: 51, others: -50, awards: 10, moved };
  expect(effectParts(effect, "the imported one")).toEqual([
    "+51 the imported one",
    "−50 the other Run of that day",
    "+10 award Both",
  ]);
});

test("what Strava told stays between Strava and its person", () => {
  expect(totalWords("Ada", null)).toMatch(/came from Strava and is Ada's alone/);
  expect(effectParts(null)).toEqual([]);
});
