import type { Id } from "@milepost/backend/dataModel";
import { expect, test } from "vitest";
import { sortedAchievements } from "./awardOrder";
import type { Achievement, OwnProgress } from "./awardWords";

function achievement(name: string, more: Partial<Achievement> = {}): Achievement {
  return {
    achievementId: name as Id<"achievements">,
    name,
    description: "",
    criteria: { kind: "oneOfEach", activityTypeIds: [] },
    frequency: "oncePerChallenge",
    points: 10,
    version: 1,
    isArchived: false,
    isEvaluating: false,
    ...more,
  };
}

function own(name: string, value: number, times = 0): OwnProgress {
  const awards = Array.from({ length: times }, (_, index) => ({
    awardKey: `${name}/${index}`,
    loggedDate: "2026-03-12",
    points: 10,
  }));
  const achievementId = name as Id<"achievements">;
  return { achievementId, name, isArchived: false, value, target: 4, awards };
}

test("what is nearest comes first, what is done for good after it, archived ones last and only if earned", () => {
  const all = [
    achievement("archived, never earned", { isArchived: true }),
    achievement("archived, earned", { isArchived: true }),
    achievement("done"),
    achievement("far"),
    achievement("weekly, done this week", { frequency: "oncePerWeek" }),
    achievement("near"),
  ];
  const mine = [
    own("archived, earned", 4, 1),
    own("done", 4, 1),
    own("far", 1),
    own("weekly, done this week", 4, 1),
    own("near", 3),
  ];
  expect(sortedAchievements(all, mine).map(({ name }) => name)).toEqual([
    "weekly, done this week",
    "near",
    "far",
    "done",
    "archived, earned",
  ]);
});

test("somebody who does not take part sees what can be earned", () => {
  const all = [achievement("a"), achievement("b", { isArchived: true })];
  expect(sortedAchievements(all, []).map(({ name }) => name)).toEqual(["a"]);
});
