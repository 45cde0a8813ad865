import type { Id } from "@milepost/backend/dataModel";
import { describe, expect, it } from "vitest";
import { knownBases, movementOf, movementWords } from "./rankMovement";

const userId = "ada" as Id<"users">;
const look = { at: 0, ranks: { ada: 2 } };

describe("movement", () => {
  it("counts ranks risen, since yesterday and since the last look", () => {
    const row = { userId, rank: 4, rankYesterday: 7 };
    expect(movementOf(row, "yesterday", look)).toBe(3);
    expect(movementOf(row, "lastLook", look)).toBe(-2);
  });

  it("is unknown for whom nobody saw then", () => {
    expect(movementOf({ userId, rank: 4 }, "yesterday", look)).toBeUndefined();
    expect(movementOf({ userId, rank: 4 }, "lastLook", null)).toBeUndefined();
    const bob = { userId: "bob" as Id<"users">, rank: 1 };
    expect(movementOf(bob, "lastLook", look)).toBeUndefined();
  });

  it("is offered where there is something to compare with", () => {
    expect(knownBases([{}], null)).toEqual([]);
    expect(knownBases([{}, { rankYesterday: 1 }], look)).toEqual(["yesterday", "lastLook"]);
    expect(knownBases([], look)).toEqual(["lastLook"]);
  });

  it("is told in words, not by colour", () => {
    expect(movementWords(3, "yesterday")).toBe("up 3 since yesterday");
    expect(movementWords(-2, "lastLook")).toBe("down 2 since you last looked");
    expect(movementWords(0, "yesterday")).toBe("same rank since yesterday");
  });
});
