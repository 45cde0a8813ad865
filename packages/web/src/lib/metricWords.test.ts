import { describe, expect, it } from "vitest";
import { formatDuration, metricWords } from "./metricWords";
import type { MetricName, Unit } from "./ruleWords";
import { usualUnit } from "./unitChoice";

const metric = (name: MetricName): Unit => usualUnit(name, "DE");
const imperial = (name: MetricName): Unit => usualUnit(name, "US");

describe("a duration in words", () => {
  it.each([
    [30, "30 s"],
    [60, "1 min"],
    [2730, "45:30 min"],
    [3600, "1 h 00 min"],
    [3899.6, "1 h 05 min"],
    [59.6, "1 min"],
  ])("%d s is %s", (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });
});

describe("metrics in words", () => {
  it("follow the reader's units", () => {
    const run = { distance_m: 8046.72, moving_s: 2700, duration_s: 2800, elevation_m: 100 };
    expect(metricWords(run, metric)).toBe("8.05 km · 45 min · 100 m up");
    expect(metricWords(run, imperial)).toBe("5 miles · 45 min · 328 ft up");
  });

  it("leave out what is missing or zero", () => {
    expect(metricWords({}, metric)).toBe("");
    expect(metricWords({ distance_m: 0, duration_s: 600 }, metric)).toBe("10 min");
    expect(metricWords({ steps: 8000 }, metric)).toBe("8,000 steps");
  });
});
