import { describe, expect, it } from "vitest";
import { disconnectionWords, sportWords, workProblem, type Disconnection } from "./stravaWords";

it.each([
  ["Run", "Run"],
  ["TrailRun", "Trail run"],
  ["EBikeRide", "E bike ride"],
  ["HighIntensityIntervalTraining", "High intensity interval training"],
])("%s reads %s", (sport, words) => {
  expect(sportWords(sport)).toBe(words);
});

describe("what a disconnection did", () => {
  const base: Disconnection = {
    points: "keep",
    cause: "asked",
    startedAt: Date.UTC(2026, 5, 15, 12),
    finishedAt: Date.UTC(2026, 5, 15, 13),
    erased: 3,
    removed: 0,
  };

  it("erased details and kept the points", () => {
    expect(disconnectionWords(base).details).toBe(
      "What Strava told about 3 activities is erased; the points stay.",
    );
  });

  it("removed those whose standings are not final", () => {
    const words = disconnectionWords({ ...base, points: "remove", removed: 2 });
    expect(words.details).toBe(
      "What Strava told about 3 activities is erased; 2 activities are removed with the points. Points in final standings stay.",
    );
  });

  it("goes on", () => {
    const words = disconnectionWords({ ...base, points: "remove", finishedAt: null, removed: 2 });
    expect(words.details).toBe("Erasing details: 3 activities done so far.");
  });

  it("says who ended it", () => {
    expect(disconnectionWords({ ...base, cause: "revoked" }).title).toContain("at Strava");
    expect(disconnectionWords({ ...base, cause: null }).title).toMatch(/^Disconnected on/);
  });
});

it("work that failed without a reason still says something", () => {
  expect(workProblem({})).toBe("It failed too often");
  expect(workProblem({ error: "NO_ANSWER" })).toBe("Strava did not answer");
});
