import type { Id } from "@milepost/backend/dataModel";
import { describe, expect, it } from "vitest";
import {
  isSameRow,
  joinPages,
  keepFallen,
  nextAbove,
  nextItem,
  ownNews,
  tiedRanks,
  type BoardRow,
} from "./boardRows";

function row(name: string, rank: number): BoardRow {
  const userId = name as Id<"users">;
  return {
    rank,
    userId,
    displayName: name,
    totalPoints: 100 - rank,
    currentStreak: 0,
    streakLastDay: null,
  };
}

describe("pages of the board", () => {
  it("follow one another in order", () => {
    const rows = joinPages([[row("a", 1), row("b", 2)], [row("c", 3)]]);
    expect(rows.map(({ userId }) => userId)).toEqual(["a", "b", "c"]);
  });

  it("show a person who is on two of them once, where they stand higher", () => {
    const rows = joinPages([
      [row("a", 1), row("b", 2)],
      [row("b", 3), row("c", 4)],
    ]);
    expect(rows.map(({ userId, rank }) => [userId, rank])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 4],
    ]);
  });
});

describe("rows while a lower page catches up", () => {
  it("keep whoever fell out of the upper one, where they stood", () => {
    const whole = [row("a", 1), row("b", 2), row("c", 3), row("d", 4)];
    const known = [row("d", 1), row("a", 2), row("c", 3)];
    expect(keepFallen(known, whole).map(({ userId }) => userId)).toEqual(["d", "a", "b", "c"]);
  });

  it("are those that are known when nobody is missing", () => {
    const known = [row("b", 1), row("a", 2)];
    expect(keepFallen(known, [row("a", 1), row("b", 2)])).toBe(known);
    expect(keepFallen(known, [])).toBe(known);
  });
});

describe("a row", () => {
  it("is the same when it says the same", () => {
    expect(isSameRow(row("a", 1), row("a", 1))).toBe(true);
    expect(isSameRow(row("a", 1), row("a", 2))).toBe(false);
    expect(isSameRow(row("a", 1), { ...row("a", 1), pointsToday: 5 })).toBe(false);
    expect(isSameRow({ ...row("a", 1), pointsToday: 5 }, row("a", 1))).toBe(false);
  });
});

describe("ties", () => {
  it("are the ranks that two or more hold", () => {
    const rows = [row("a", 1), row("b", 2), row("c", 2), row("d", 2), row("e", 5)];
    expect([...tiedRanks(rows)]).toEqual([2]);
  });
});

describe("news of the own place", () => {
  const before = { rank: 3, totalPoints: 10 };

  it("is silent while nothing changes, and while the rank only becomes known", () => {
    expect(ownNews(before, before)).toBe("");
    expect(ownNews({ rank: null, totalPoints: 10 }, before)).toBe("");
    expect(ownNews(before, { rank: null, totalPoints: 10 })).toBe("");
  });

  it("names what changed only", () => {
    expect(ownNews(before, { rank: 2, totalPoints: 10 })).toBe("You are now on rank 2.");
    expect(ownNews(before, { rank: 3, totalPoints: 15 })).toBe("You have 15 points.");
    expect(ownNews(before, { rank: 1, totalPoints: 40 })).toBe(
      "You have 40 points. You are now on rank 1.",
    );
  });
});

describe("who is next above", () => {
  const rows = [row("a", 1), row("b", 2), row("c", 2), row("d", 4)];

  it("is the nearest with a better rank, not somebody one shares it with", () => {
    expect(nextAbove(rows, "d")).toEqual({ displayName: "c", points: 2 });
    expect(nextAbove(rows, "c")).toEqual({ displayName: "a", points: 1 });
  });

  it("is nobody for who leads, and for who is not among the rows", () => {
    expect(nextAbove(rows, "a")).toBeNull();
    expect(nextAbove(rows, "z")).toBeNull();
  });
});

describe("arrow keys in a list", () => {
  it("go from the field through the items and back to it", () => {
    expect([-1, 0, 1].map((active) => nextItem("ArrowDown", active, 2))).toEqual([0, 1, -1]);
    expect([-1, 1, 0].map((active) => nextItem("ArrowUp", active, 2))).toEqual([1, 0, -1]);
  });

  it("do nothing without items, and other keys never do", () => {
    expect(nextItem("ArrowDown", -1, 0)).toBe(-1);
    expect(nextItem("a", 0, 2)).toBeNull();
  });
});
