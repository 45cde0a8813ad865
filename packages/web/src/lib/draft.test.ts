import { describe, expect, it } from "vitest";
import { hasShapeOf } from "./draft";

const example = {
  name: "",
  isOn: false,
  goals: [{ amount: "" }],
  ids: null,
  parts: { unit: "km" },
};

describe("what storage held", () => {
  it("has the shape of the form, however long its lists are", () => {
    const stored = { name: "x", isOn: true, goals: [], ids: ["a"], parts: { unit: "mile" } };
    expect(hasShapeOf(example, stored)).toBe(true);
    expect(hasShapeOf(example, { ...stored, goals: [{ amount: "1" }, { amount: "2" }] })).toBe(
      true,
    );
    expect(hasShapeOf(example, { ...stored, ids: "a", more: 1 })).toBe(true);
  });

  it.each([
    null,
    "x",
    [],
    {},
    { ...example, name: 3 },
    { ...example, goals: {} },
    { ...example, goals: [{}] },
    { ...example, parts: null },
  ])("does not when it is %j", (stored) => {
    expect(hasShapeOf(example, stored)).toBe(false);
  });
});
