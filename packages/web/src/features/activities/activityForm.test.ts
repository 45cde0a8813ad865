import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { describe, expect, it } from "vitest";
import { usualUnit } from "../../lib/unitChoice";
import { amountsOf, fieldsOfRule, readAmount, readMetrics, variantOf } from "./activityForm";

function starter(key: string) {
  const type = STARTER_TYPES.find((candidate) => candidate.key === key);
  if (type === undefined) throw new Error(`no starter type ${key}`);
  return type.rule;
}

/** Fields of an activity that are all needed. */
const needed = (...required: Array<"distance_m" | "moving_s">) => ({ required, optional: [] });

describe("the fields of an activity", () => {
  it("are the metrics its rule reads, once each", () => {
    expect(fieldsOfRule(starter("yoga"))).toEqual(needed("moving_s"));
    expect(fieldsOfRule(starter("drinks"))).toEqual({ required: ["count"], optional: [] });
    const first = { kind: "oncePerDay", points: 5, label: "First" } as const;
    expect(fieldsOfRule({ ...starter("yoga"), bonuses: [first] })).toEqual(needed("moving_s"));
    expect(fieldsOfRule({ scoring: { kind: "fixed", points: 5 }, bonuses: [] })).toEqual(needed());
  });

  it("are optional where only a bonus reads them, and for the time beside a distance", () => {
    expect(fieldsOfRule(starter("run"))).toEqual({
      required: ["distance_m"],
      optional: ["moving_s"],
    });
    const hill = {
      kind: "threshold",
      metric: "elevation_m",
      unit: "m",
      atLeast: 100,
      points: 5,
      label: "Hill",
    } as const;
    expect(fieldsOfRule({ ...starter("yoga"), bonuses: [hill] })).toEqual({
      required: ["moving_s"],
      optional: ["elevation_m"],
    });
  });
});

describe("the options of an activity", () => {
  const scoring = {
    kind: "variants",
    default: "short",
    options: [
      { key: "short", label: "Short", scoring: { kind: "fixed", points: 5 } },
      {
        key: "long",
        label: "Long",
        scoring: { kind: "perUnit", metric: "moving_s", unit: "hour", pointsPerUnit: 10 },
        when: { metric: "distance_m", unit: "km", op: "atLeast", value: 10 },
      },
    ],
  } as const;
  const rule = { scoring: { ...scoring, options: [...scoring.options] }, bonuses: [] };

  it("ask for what the chosen one counts and needs", () => {
    expect(fieldsOfRule(rule)).toEqual(needed());
    expect(fieldsOfRule(rule, "short")).toEqual(needed());
    expect(fieldsOfRule(rule, "long")).toEqual(needed("distance_m", "moving_s"));
  });

  it("are the default when another type's is chosen, and none without options", () => {
    expect(variantOf(rule, "long")).toBe("long");
    expect(variantOf(rule, "elsewhere")).toBe("short");
    expect(variantOf(starter("run"), "long")).toBeUndefined();
  });
});

describe("a typed amount", () => {
  it("becomes the canonical metric", () => {
    expect(readAmount("distance_m", { text: "5,2", unit: "km" })).toEqual({
      ok: true,
      value: 5200,
    });
    expect(readAmount("distance_m", { text: "1", unit: "mile" })).toEqual({
      ok: true,
      value: 1609.344,
    });
    expect(readAmount("moving_s", { text: "45", unit: "minute" })).toEqual({
      ok: true,
      value: 2700,
    });
  });

  it("is refused beyond the bound, in the unit it was typed in", () => {
    expect(readAmount("distance_m", { text: "1000", unit: "km" }).ok).toBe(true);
    expect(readAmount("distance_m", { text: "1000.001", unit: "km" })).toEqual({
      ok: false,
      problem: "At most 1,000 km.",
    });
    expect(readAmount("distance_m", { text: "9".repeat(400), unit: "km" }).ok).toBe(false);
    expect(readAmount("moving_s", { text: "25", unit: "hour" })).toEqual({
      ok: false,
      problem: "At most 24 h.",
    });
  });
});

describe("the metrics to send", () => {
  it("are none while a field is empty or wrong", () => {
    const empty = amountsOf({}, (name) => usualUnit(name, "DE"));
    expect(readMetrics(needed("distance_m"), empty)).toBeNull();
    const typed = { ...empty, distance_m: { text: "5", unit: "km" as const } };
    expect(readMetrics(needed("distance_m"), typed)).toEqual({ distance_m: 5000 });
    expect(readMetrics(needed("distance_m", "moving_s"), typed)).toBeNull();
    expect(readMetrics(needed(), empty)).toEqual({});
  });

  it("keep what was stored when the field is untouched, however it is shown", () => {
    const metrics = { distance_m: 5123.457, elevation_m: 80 };
    const amounts = amountsOf(metrics, (name) => usualUnit(name, "US"));
    expect(amounts.distance_m).toEqual({ text: "3.184", unit: "mile" });
    const original = { metrics, amounts };
    expect(readMetrics(needed("distance_m"), amounts, original)).toEqual(metrics);
    const touched = { ...amounts, distance_m: { text: "4", unit: "mile" as const } };
    expect(readMetrics(needed("distance_m"), touched, original)).toEqual({
      distance_m: 6437.376,
      elevation_m: 80,
    });
  });

  it("leave out an optional one that is empty, also one that was stored, and refuse a wrong one", () => {
    const fields = { required: ["distance_m" as const], optional: ["moving_s" as const] };
    const metrics = { distance_m: 5000, moving_s: 1800 };
    const original = { metrics, amounts: amountsOf(metrics, (name) => usualUnit(name, "DE")) };
    expect(readMetrics(fields, original.amounts, original)).toEqual(metrics);
    const time = (text: string) => ({
      ...original.amounts,
      moving_s: { text, unit: "minute" as const },
    });
    expect(readMetrics(fields, time(" "), original)).toEqual({ distance_m: 5000 });
    expect(readMetrics(fields, time(""))).toEqual({ distance_m: 5000 });
    expect(readMetrics(fields, time("soon"))).toBeNull();
  });
});
