import { describe, expect, test } from "vitest";
import { readExport, totalOf } from "../checks/archive-model.mjs";

const HEADER = Array.from({ length: 78 }, (_, index) => `column ${index}`).join(",");

/** @param {Record<number, string>} cells */
function line(cells) {
  return Array.from({ length: 78 }, (_, index) => cells[index] ?? "").join(",");
}

describe("the independent model", () => {
  test("reads quoted commas, quotes and line breaks", () => {
    const text = `${HEADER}\r\n${line({ 0: "1", 1: '"Jul 2, 2016, 5:13:58 PM"', 2: '"a ""b"",\r\nc"', 3: "Run", 15: "5700.2996" })}\r\n`;
    const [row, ...others] = readExport(text);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ id: "1", sport: "Run", day: "2016-07-02", metres: 5_700_300n });
  });

  test("rounds halves up and pays the half marathon and the streak", () => {
    const row = { id: "1", moving: 0n, elapsed: 0n };
    const rows = [
      // 1609.344 m are 7.5 points: 8.
      { ...row, sport: "Run", day: "2020-01-01", metres: 1_609_344n },
      { ...row, sport: "Run", day: "2020-01-01", metres: 1_609_344n },
      // 98.32 points and 25.
      { ...row, sport: "Run", day: "2020-01-02", metres: 21_097_500n },
    ];
    expect(totalOf(rows)).toEqual({
      rows: 3,
      total: 16 + 123 + 1 + 2,
      streakBonus: 3,
      longestStreak: 2,
    });
  });
});
