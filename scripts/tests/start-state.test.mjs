import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readState, updateState } from "../lib/start-state.mjs";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "milepost-state-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test("facts of several starts add up", () => {
  updateState(dataDir, { demo: "seeding" });
  updateState(dataDir, { url: "http://127.0.0.1:3210" });
  updateState(dataDir, { demo: "ready" });
  expect(readState(dataDir)).toEqual({ demo: "ready", url: "http://127.0.0.1:3210" });
});

test("the file is its owner's only, and nothing is left beside it", () => {
  updateState(dataDir, { demo: "off" });
  expect(statSync(join(dataDir, "start.json")).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir)).toEqual(["start.json"]);
});

test("a missing or damaged file knows nothing", () => {
  expect(readState(dataDir)).toEqual({});
  writeFileSync(join(dataDir, "start.json"), '{"demo": "rea');
  expect(readState(dataDir)).toEqual({});
});
