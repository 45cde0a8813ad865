import { describe, expect, test } from "vitest";
import { groupFlags, queueCount, readQueue, type OpenFlag } from "./flagGroups";

/** A flag of an activity; the ids are texts to tests. */
function flag(flagId: string, activityId: string | null): OpenFlag {
  const facts = { typeName: "Run", source: "manual", loggedDate: "2026-06-10", metrics: {} };
  const activity =
    activityId === null ? null : { activityId, ...facts, pointsEarned: 12, isDeleted: false };
  const about = { reason: "OTHER" };
  const whose = { userId: "u1", displayName: "Ada", flaggedBy: "Bob" };
  return { flagId, ...whose, about, at: 0, activity } as unknown as OpenFlag;
}

describe("flags", () => {
  test("of one activity are one thing to decide, in the order of the oldest", () => {
    const groups = groupFlags([flag("f1", "a1"), flag("f2", "a2"), flag("f3", "a1")]);
    expect(groups.map(({ activityId, flags }) => [activityId, flags.length])).toEqual([
      ["a1", 2],
      ["a2", 1],
    ]);
  });

  test("of what is erased are left out", () => {
    expect(groupFlags([flag("f1", null)])).toEqual([]);
  });
});

test("a queue is counted as far as it is loaded", () => {
  expect(queueCount(0, "LoadingFirstPage")).toBeNull();
  expect(queueCount(3, "Exhausted")).toBe("3");
  expect(queueCount(25, "CanLoadMore")).toBe("25+");
});

test("an address names a queue, or the first one", () => {
  expect(readQueue("held")).toBe("held");
  expect(readQueue("appeals")).toBe("appeals");
  expect(readQueue("flags")).toBeUndefined();
  expect(readQueue(7)).toBeUndefined();
});
