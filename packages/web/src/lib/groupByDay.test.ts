import { expect, test } from "vitest";
import { groupByDay } from "./groupByDay";

test("the order is kept, and what is of one day is put together", () => {
  const rows = [
    ["a", "2026-03-02"],
    ["b", "2026-03-02"],
    ["c", "2026-03-01"],
    ["s", null],
  ] as const;
  expect(groupByDay(rows, ([, day]) => day)).toEqual([
    { day: "2026-03-02", items: [rows[0], rows[1]] },
    { day: "2026-03-01", items: [rows[2]] },
    { day: null, items: [rows[3]] },
  ]);
  expect(groupByDay([], () => "2026-03-01")).toEqual([]);
});
