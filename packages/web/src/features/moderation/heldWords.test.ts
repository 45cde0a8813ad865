import { expect, test } from "vitest";
import { heldWarning, heldWords } from "./heldWords";

test("what replaces another one says whether that is still there", () => {
  expect(heldWords("replace", { isDeleted: false })).toMatch(/^The one already there goes/);
  expect(heldWords("replace", { isDeleted: true })).toMatch(/is gone by now/);
  expect(heldWords("replace", null)).toMatch(/is gone by now/);
});

test("leaving out is for good, counting is not", () => {
  expect(heldWarning("discard")).toMatch(/cannot be undone/);
  expect(heldWarning("keepBoth")).toMatch(/can be deleted and restored/);
});
