import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkMetrics } from "../lib/rules/metrics";
import {
  fromCanonical,
  METRIC_BOUNDS,
  METRIC_NAMES,
  toCanonical,
  unitsOf,
} from "../lib/rules/units";

describe("checkMetrics", () => {
  const hostile = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e308,
    2 ** 53 + 1,
    -1,
    -0.001,
    -1e-300,
    1e-300,
    0.0001,
    1.2345,
    5e-324,
  ];

  test.each(METRIC_NAMES)("%s refuses hostile numbers with its path", (name) => {
    for (const value of hostile) {
      expect(checkMetrics({ [name]: value }), String(value)).toMatchObject({
        ok: false,
        refusal: { code: "INVALID_INPUT", path: `metrics.${name}` },
      });
    }
  });

  test.each(METRIC_NAMES)("%s takes its bound and nothing above", (name) => {
    const bound = METRIC_BOUNDS[name];
    expect(checkMetrics({ [name]: bound })).toEqual({ ok: true, value: { [name]: bound } });
    expect(checkMetrics({ [name]: bound + 0.001 }).ok).toBe(false);
  });

  test("a distance is at most 1,000 km and a time at most 24 hours", () => {
    expect(METRIC_BOUNDS).toMatchObject({
      distance_m: 1_000_000,
      duration_s: 86_400,
      moving_s: 86_400,
      elevation_m: 20_000,
    });
  });

  test("-0 becomes 0, absent stays absent", () => {
    const checked = checkMetrics({ distance_m: -0, count: undefined });
    expect(checked).toStrictEqual({ ok: true, value: { distance_m: 0 } });
    expect(checked.ok && Object.is(checked.value.distance_m, 0)).toBe(true);
  });

  test("every number of three decimals passes unchanged", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (thousandths) => {
        const metrics = { distance_m: thousandths / 1000 };
        expect(checkMetrics(metrics)).toEqual({ ok: true, value: metrics });
      }),
    );
  });

  test("D11 refuses values and names from outside the types", () => {
    const sent = (json: string) => checkMetrics(JSON.parse(json) as object);
    expect(sent('{"distance_m":"5"}')).toMatchObject({ refusal: { path: "metrics.distance_m" } });
    expect(sent('{"distance_m":null}')).toMatchObject({ refusal: { path: "metrics.distance_m" } });
    expect(sent('{"toString":5}')).toMatchObject({ refusal: { path: "metrics.toString" } });
  });
});

describe("D11 units", () => {
  test("what was typed in a unit comes back when it is shown in that unit", () => {
    for (const metric of METRIC_NAMES) {
      for (const unit of unitsOf(metric)) {
        for (const typed of [0, 0.1, 1, 2.6, 13.1, 26.2]) {
          const shown = fromCanonical(toCanonical(typed, unit), unit);
          // Half a millimetre is at most 0.002 of the smallest unit, a foot.
          expect(Math.abs(shown - typed), `${typed} ${unit}`).toBeLessThan(0.005);
        }
      }
    }
  });

  test("exact sizes: a mile is 1609.344 m, a foot 0.3048 m", () => {
    expect(toCanonical(1, "mile")).toBe(1609.344);
    expect(toCanonical(7.2, "km")).toBe(7200);
    expect(toCanonical(10, "foot")).toBe(3.048);
    expect(toCanonical(45, "minute")).toBe(2700);
    expect(toCanonical(1.1, "hour")).toBe(3960);
    expect(toCanonical(3, "each")).toBe(3);
  });

  test("a typed amount is rounded up to a thousandth, never down", () => {
    expect(toCanonical(2.6, "mile")).toBe(4184.295);
    expect(toCanonical(13.1, "mile")).toBe(21_082.407);
  });

  test("a stored metric survives being shown and saved again in any unit", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...METRIC_NAMES),
        fc.nat(),
        fc.integer({ min: 0, max: 999_999_999 }),
        (metric, pick, thousandths) => {
          const units = unitsOf(metric);
          const unit = units[pick % units.length] ?? "each";
          const value = (thousandths % (METRIC_BOUNDS[metric] * 1000)) / 1000;
          expect(toCanonical(fromCanonical(value, unit), unit)).toBe(value);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
