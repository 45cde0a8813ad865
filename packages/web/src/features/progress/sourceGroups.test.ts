import { expect, test } from "vitest";
import { sourceGroups, type Sources } from "./sourceGroups";

type Line = Sources["lines"][number];
const line = (kind: Line["kind"], points: number, fields: Partial<Line> = {}): Line => ({
  kind,
  name: "",
  category: null,
  count: 1,
  points,
  ...fields,
});

test("types stand in their category, and what is no activity comes last", () => {
  const lines = [
    line("achievement", 100, { name: "Two runs" }),
    line("activity", 30, { name: "Run", category: "Moving", count: 2 }),
    line("activity", 60, { name: "Yoga" }),
    line("activity", 10, { name: "Walk", category: "Moving" }),
    line("streak", 3),
    line("adjustment", -3),
  ];
  expect(sourceGroups(lines).map(({ title, count, points }) => [title, count, points])).toEqual([
    ["Without a category", 1, 60],
    ["Moving", 3, 40],
    ["Achievements", 1, 100],
    ["Streak bonus", null, 3],
    ["Given or taken by organisers", 1, -3],
  ]);
});
