import { expect, test } from "vitest";
import { isReplayable, taskWords, windowAt } from "./stravaWords";

test("work says what became of it, or what keeps it and how often it was tried", () => {
  const fresh = { attempts: 0, outcome: undefined, error: undefined };
  expect(taskWords(fresh)).toBe("No try yet");
  expect(taskWords({ ...fresh, outcome: "applied" })).toBe("Taken over");
  const silent = { ...fresh, attempts: 3, error: "NO_ANSWER" } as const;
  expect(taskWords(silent)).toBe("Strava did not answer, 3 tries");
  expect(taskWords({ ...fresh, error: "RATE_LIMITED" })).not.toContain("tries");
});

test("only what failed for good is tried again, and never a part of a rescore", () => {
  expect(isReplayable("dead", { kind: "activity" })).toBe(true);
  expect(isReplayable("dead", { kind: "rescore" })).toBe(false);
  expect(isReplayable("waiting", { kind: "activity" })).toBe(false);
});

test("a window that has ended is whole again", () => {
  const window = { limit: 100, used: 80, endsAt: 1_000 };
  expect(windowAt(window, 999)).toEqual(window);
  expect(windowAt(window, 1_000)).toEqual({ ...window, used: 0 });
});
