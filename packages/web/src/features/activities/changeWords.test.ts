import { describe, expect, test } from "vitest";
import { byWords, deedWords, differencesOf, type Change } from "./changeWords";

const FACTS = { typeName: "Run", loggedDate: "2026-06-10", metrics: { distance_m: 5000 } };

function change(facts: Partial<Change>): Change {
  return {
    seq: 2,
    kind: "edited",
    reason: "corrected",
    pointsBefore: 50,
    pointsAfter: 50,
    at: 0,
    by: { role: "user", displayName: "Ada" },
    note: undefined,
    before: undefined,
    after: undefined,
    ...facts,
  };
}

describe("what an edit changed", () => {
  test("is each part that differs, and the points", () => {
    const after = { ...FACTS, typeName: "Walk", metrics: { distance_m: 7000, moving_s: 3600 } };
    const differences = differencesOf(change({ before: FACTS, after, pointsAfter: 28 }), (metric) =>
      metric === "distance_m" ? "km" : "minute",
    );
    expect(differences).toEqual([
      { label: "Activity", before: "Run", after: "Walk" },
      { label: "Amount", before: "5 km", after: "7 km · 1 h 00 min" },
      { label: "Points", before: "+50", after: "+28" },
    ]);
  });

  test("says none where there was nothing", () => {
    const before = { ...FACTS, loggedDate: null, metrics: {} };
    const labels = differencesOf(
      change({ before, after: { ...FACTS, variant: "long" } }),
      () => "km",
    );
    expect(labels).toMatchObject([
      { label: "Day", before: "none" },
      { label: "Amount", before: "none", after: "5 km" },
      { label: "Option", before: "none", after: "long" },
    ]);
  });

  test("without kept facts is the points alone, or nothing", () => {
    expect(differencesOf(change({ pointsAfter: 40 }), () => "km")).toHaveLength(1);
    expect(differencesOf(change({}), () => "km")).toEqual([]);
  });
});

test("who did it is named with their role", () => {
  expect(byWords({ role: "user", displayName: "Ada" }, "Ada")).toBe("you");
  expect(byWords({ role: "user", displayName: "Ada" }, "Ines")).toBe("Ada");
  expect(byWords({ role: "challengeAdmin", displayName: "Ines" }, "Ada")).toBe("Ines (organiser)");
  expect(byWords({ role: "system", displayName: undefined }, "Ada")).toBe("Milepost");
});

test("what was done begins the sentence", () => {
  expect(deedWords({ kind: "created", reason: "imported" })).toBe("Imported");
  expect(deedWords({ kind: "repriced", reason: "dayChanged" })).toBe("Changed with its day");
});
