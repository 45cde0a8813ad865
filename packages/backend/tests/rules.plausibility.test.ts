import { describe, expect, test } from "vitest";
import { implausibilities } from "../lib/rules/plausibility";
import type { Metrics } from "../tables/scoring";

const HOUR_S = 3600;
const codes = (sport: string | null, metrics: Metrics, others: Metrics[] = []) =>
  implausibilities(sport, metrics, [metrics, ...others]).map(({ code }) => code);

describe("D10 the implausible is flagged", () => {
  test("more than 24 hours of one day, over all its rows", () => {
    const long = { duration_s: 13 * HOUR_S };
    expect(codes(null, long, [{ duration_s: 12 * HOUR_S }])).toEqual(["DAY_OVER_24_HOURS"]);
    expect(codes(null, long, [{ moving_s: 11 * HOUR_S }])).toEqual([]);
    expect(codes(null, long, [{ moving_s: 11 * HOUR_S + 0.001 }])).toEqual(["DAY_OVER_24_HOURS"]);
    // Of a row that has both, the longer one is what it took of the day.
    const both = { moving_s: 8 * HOUR_S, duration_s: 10 * HOUR_S };
    expect(codes(null, both, [{ duration_s: 15 * HOUR_S }])).toEqual(["DAY_OVER_24_HOURS"]);
    expect(codes(null, both, [{ duration_s: 14 * HOUR_S }])).toEqual([]);
  });

  test.each([
    // The records themselves are no reason, nor 4 % more; 6 % more is.
    ["run", 100, 9.58],
    ["run", 1_500, 206],
    ["run", 5_000, 755.36],
    ["run", 42_195, 2 * HOUR_S - 30],
    ["walk", 20_000, HOUR_S + 16 * 60 + 10],
    ["ride", 56_792, HOUR_S],
    ["swim", 100, 44.84],
    ["row", 500, 69.8],
    ["row", 2_000, 318.68],
  ])("a %s of %i m faster than %f s", (sport, distance_m, record) => {
    expect(codes(sport, { distance_m, moving_s: record })).toEqual([]);
    expect(codes(sport, { distance_m, moving_s: record / 1.04 })).toEqual([]);
    expect(codes(sport, { distance_m, moving_s: record / 1.06 })).toEqual(["FASTER_THAN_RECORD"]);
  });

  test("a marathon at the pace of a mile is, although a mile at that pace is not", () => {
    expect(codes("run", { distance_m: 1_600, moving_s: 1_600 / 7 })).toEqual([]);
    expect(codes("run", { distance_m: 42_195, moving_s: 42_195 / 7 })).toEqual([
      "FASTER_THAN_RECORD",
    ]);
  });

  test("the time in motion counts before the time it took", () => {
    const distance_m = 10_000;
    expect(codes("run", { distance_m, moving_s: 1_000, duration_s: 5_000 })).toEqual([
      "FASTER_THAN_RECORD",
    ]);
    expect(codes("run", { distance_m, duration_s: 1_000 })).toEqual(["FASTER_THAN_RECORD"]);
    expect(implausibilities("run", { distance_m, moving_s: 1_000 }, [])).toEqual([
      { code: "FASTER_THAN_RECORD", measured: 10, limit: 6.37 },
    ]);
  });

  test("no speed is judged without a time or for a sport without records", () => {
    expect(codes("run", { distance_m: 500_000 })).toEqual([]);
    expect(codes("run", { distance_m: 500_000, moving_s: 0 })).toEqual([]);
    expect(codes("yoga", { distance_m: 500_000, moving_s: 60 })).toEqual([]);
    expect(codes(null, { distance_m: 500_000, moving_s: 60 })).toEqual([]);
  });

  test("climbing and steps nobody manages", () => {
    expect(codes("ride", { elevation_m: 1_000, moving_s: HOUR_S })).toEqual([]);
    expect(codes("ride", { elevation_m: 3_000, moving_s: HOUR_S })).toEqual(["TOO_MUCH_CLIMBING"]);
    expect(codes("ride", { elevation_m: 9_000 })).toEqual([]);
    expect(codes("ride", { elevation_m: 9_001 })).toEqual(["TOO_MUCH_CLIMBING"]);
    expect(codes(null, { steps: 100_000 })).toEqual([]);
    expect(codes(null, { steps: 100_001 })).toEqual(["TOO_MANY_STEPS"]);
    expect(codes("run", { steps: 9_000, moving_s: 1_800 })).toEqual([]);
    expect(codes("run", { steps: 9_001, moving_s: 1_800 })).toEqual(["TOO_MANY_STEPS"]);
  });
});
