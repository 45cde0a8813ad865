import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faultMap, faultsPage, untested } from "../lib/fault-map.mjs";
import { inRoot } from "../lib/paths.mjs";

test("every case that must have a test has one", () => {
  expect(untested(faultMap())).toEqual([]);
});

test("docs/faults.md is what node scripts/faults.mjs writes", () => {
  const cells = (/** @type {string} */ page) => page.replaceAll(/ {2,}|-{2,}/g, " ");
  expect(cells(readFileSync(inRoot("docs", "faults.md"), "utf8"))).toBe(
    cells(faultsPage(faultMap())),
  );
});
