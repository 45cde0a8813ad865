import { describe, expect, it } from "vitest";
import { boardArgsOf, boardLabel, presentWeek, readBoardSearch } from "./boardChoice";

describe("the address of a board", () => {
  it("names the total, a week or a category, and a person to look around", () => {
    expect(readBoardSearch({})).toEqual({});
    expect(readBoardSearch({ week: 3, near: "me" })).toEqual({ week: 3, near: "me" });
    expect(readBoardSearch({ category: "Cardio" })).toEqual({ category: "Cardio" });
    expect(readBoardSearch({ category: 5 })).toEqual({ category: "5" });
  });

  it("is the total where it makes no sense", () => {
    for (const week of [0, -1, 1.5, "3", null]) expect(readBoardSearch({ week })).toEqual({});
    expect(readBoardSearch({ category: {}, near: "" })).toEqual({});
  });

  it("becomes what the queries take, and a name", () => {
    expect(boardArgsOf({})).toEqual({});
    expect(boardArgsOf({ week: 3 })).toEqual({ board: "week", key: "3" });
    expect(boardArgsOf({ category: "Cardio" })).toEqual({ board: "category", key: "Cardio" });
    expect([{}, { week: 3 }, { category: "Cardio" }].map(boardLabel)).toEqual([
      "Total",
      "Week 3",
      "Cardio",
    ]);
  });
});

describe("the present week", () => {
  const challenge = { startsOn: "2026-06-01", endsOn: "2026-06-20" };

  it("is the one the day lies in", () => {
    expect(presentWeek(challenge, "2026-06-07")).toBe(1);
    expect(presentWeek(challenge, "2026-06-08")).toBe(2);
  });

  it("is the first before the start and the last after the end", () => {
    expect(presentWeek(challenge, "2026-05-01")).toBe(1);
    expect(presentWeek(challenge, "2026-09-01")).toBe(3);
  });
});
