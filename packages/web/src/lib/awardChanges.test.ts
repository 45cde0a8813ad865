import { expect, test } from "vitest";
import { awardChangeWords } from "./awardChanges";

const award = (name: string, pointsBefore: number, pointsAfter: number) => ({
  name,
  pointsBefore,
  pointsAfter,
});

test("awards are named with what they give or take", () => {
  const awards = [award("Early bird", 0, 10), award("Both", 5, 0), award("Late owl", 5, 8)];
  expect(awardChangeWords(awards)).toEqual([
    "Earns Early bird: +10",
    "Loses Both: −5",
    "Changes Late owl: +3",
  ]);
});

test("several of one achievement are one line, and one that only moves is none", () => {
  const awards = [award("Mile", 0, 3), award("Week", 7, 7), award("Mile", 0, 3)];
  expect(awardChangeWords(awards)).toEqual(["Earns Mile, 2 times: +6"]);
});
