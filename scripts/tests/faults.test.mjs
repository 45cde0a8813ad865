import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faultMap, faultsPage, testsById, untested } from "../lib/fault-map.mjs";
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

test("every fault in the README of the embedded deployment has a test, and every test's fault is there", () => {
  const readme = readFileSync(inRoot("packages", "embedded", "README.md"), "utf8");
  const promised = [...readme.matchAll(/^\| (W\d+) +\|/gm)].map(([, id]) => id);
  const tested = [...testsById(["packages/embedded/tests"], /\bW\d+\b/g).keys()];
  expect(promised.length).toBeGreaterThanOrEqual(24);
  expect(new Set(promised)).toEqual(new Set(tested));
});
