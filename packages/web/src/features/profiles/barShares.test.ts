import { expect, test } from "vitest";
import { dayBars } from "./barShares";

test("each day has a bar, those without points among them, against the highest", () => {
  const days = [
    { day: "2026-06-01", points: 20 },
    { day: "2026-06-03", points: -5 },
  ];
  const bars = dayBars(days, { from: "2026-06-01", to: "2026-06-03" });
  expect(bars.map(({ key, points, share }) => [key, points, share])).toEqual([
    ["2026-06-01", 20, 1],
    ["2026-06-02", 0, 0],
    ["2026-06-03", -5, 0.25],
  ]);
  expect(bars[0]?.words).toBe("Monday, June 1: 20 points");
});

test("a long challenge shows its last 60 days", () => {
  const bars = dayBars([], { from: "2026-01-01", to: "2026-12-31" });
  expect([bars.length, bars.at(-1)?.key]).toEqual([60, "2026-12-31"]);
});
