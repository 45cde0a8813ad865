import { describe, expect, it } from "vitest";
import { challengeStage, daysElapsed, progressWords } from "./challengeTime";

const march = {
  startsOn: "2026-03-01",
  endsOn: "2026-03-31",
  timezone: "UTC",
  graceHours: 48,
  isFinal: false,
};

describe("where a challenge stands", () => {
  it.each([
    ["2026-02-27", "Starts in 2 days"],
    ["2026-02-28", "Starts tomorrow"],
    ["2026-03-01", "Day 1 of 31, 30 days left"],
    ["2026-03-30", "Day 30 of 31, 1 day left"],
    ["2026-03-31", "Day 31 of 31, the last day"],
  ])("on %s: %s", (today, words) => {
    expect(progressWords(march, today)).toBe(words);
  });

  it("is over after its last day", () => {
    expect(progressWords(march, "2026-04-01")).toMatch(/^Ended /);
  });

  it("counts the days that have begun, from none to all", () => {
    expect(daysElapsed(march, "2026-02-01")).toEqual({ elapsed: 0, total: 31 });
    expect(daysElapsed(march, "2026-03-10")).toEqual({ elapsed: 10, total: 31 });
    expect(daysElapsed(march, "2026-06-01")).toEqual({ elapsed: 31, total: 31 });
  });

  it("is final when its standings are frozen, whatever the time", () => {
    expect(challengeStage({ ...march, isFinal: true }, Date.UTC(2026, 2, 10))).toBe("final");
    expect(challengeStage(march, Date.UTC(2026, 2, 10))).toBe("open");
    expect(challengeStage(march, Date.UTC(2026, 3, 3))).toBe("ended");
  });
});
