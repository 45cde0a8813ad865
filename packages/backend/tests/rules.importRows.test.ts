import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Id } from "../_generated/dataModel";
import {
  checkImportRow,
  cleanTitle,
  contentOf,
  type ImportRow,
  isLikelyDuplicate,
} from "../lib/rules/importRows";
import type { StoredActivity } from "../lib/rules/ledger";
import type { Metrics } from "../tables/scoring";

const RUN = "run" as Id<"activityTypes">;
const YOGA = "yoga" as Id<"activityTypes">;
const START = Date.parse("2026-06-10T08:00:00Z");

const row: ImportRow = {
  externalId: "1",
  sport: "Run",
  startedAt: START,
  loggedDate: "2026-06-10",
  metrics: { distance_m: 5000, moving_s: 1800 },
  title: "Morning run",
};

const byHand: StoredActivity = {
  _id: "row1" as Id<"activities">,
  _creationTime: 0,
  challengeId: "challenge" as Id<"challenges">,
  userId: "ada" as Id<"users">,
  activityTypeId: RUN,
  ruleVersion: 1,
  source: "manual",
  loggedDate: "2026-06-10",
  metrics: {},
  pointsEarned: 50,
  breakdown: [],
  version: 1,
  isSticky: false,
};

describe("A15 a likely duplicate", () => {
  test("starts within 15 minutes, whatever was measured", () => {
    const at = (minutes: number) =>
      isLikelyDuplicate({ ...byHand, startedAtMs: START + minutes * 60_000 }, row, {
        source: "archive",
        activityTypeId: RUN,
      });
    expect([at(-16), at(-15), at(0), at(15), at(16)]).toEqual([false, true, true, true, false]);
  });

  const isLike = (ours: Metrics, theirs: Metrics, type = RUN) =>
    isLikelyDuplicate(
      { ...byHand, metrics: ours },
      { ...row, metrics: theirs },
      { source: "archive", activityTypeId: type },
    );

  test("is as far and as long within 15 % of the larger", () => {
    const like = (distance_m: number, moving_s: number) =>
      isLike({ distance_m, moving_s }, row.metrics, YOGA);
    expect(like(4250, 1530)).toBe(true);
    expect(like(5882, 2117)).toBe(true);
    expect(like(4249, 1800)).toBe(false);
    expect(like(5883, 1800)).toBe(false);
    expect(like(5000, 1529)).toBe(false);
  });

  test("is as far, where one of the two has no time: forms ask only for what the rule reads", () => {
    const archived = { distance_m: 5000, moving_s: 1800, duration_s: 3600 };
    expect(isLike({ distance_m: 5200 }, archived)).toBe(true);
    expect(isLike({ distance_m: 6000 }, archived)).toBe(false);
    expect(isLike({ distance_m: 5200, duration_s: 1800 }, { distance_m: 5000 })).toBe(true);
  });

  test("compares moving time with moving time, and elapsed time only where that is missing", () => {
    const archived = { distance_m: 5000, moving_s: 1800, duration_s: 3600 };
    expect(isLike({ moving_s: 1800 }, archived)).toBe(true);
    expect(isLike({ moving_s: 3600 }, archived)).toBe(false);
    expect(isLike({ moving_s: 1800, duration_s: 60 }, archived)).toBe(true);
    expect(isLike({ duration_s: 3600 }, archived)).toBe(true);
    expect(isLike({ duration_s: 1800 }, archived)).toBe(false);
  });

  test("needs the same type unless both have a distance", () => {
    const time = { moving_s: 1800 };
    expect(isLike(time, time, RUN)).toBe(true);
    expect(isLike(time, time, YOGA)).toBe(false);
    expect(isLike({ ...time, distance_m: 5000 }, time, YOGA)).toBe(false);
    // Distance 0 is none.
    expect(isLike({ ...time, distance_m: 0 }, { ...time, distance_m: 0 }, YOGA)).toBe(false);
  });

  test("is of the same type where nothing was measured on both", () => {
    expect(isLike({}, row.metrics, RUN)).toBe(true);
    expect(isLike({ steps: 9000 }, row.metrics, RUN)).toBe(true);
    expect(isLike({}, row.metrics, YOGA)).toBe(false);
  });

  test("is no system row, no removed one and none of the archive itself", () => {
    const twin = { ...byHand, startedAtMs: START };
    expect(isLikelyDuplicate(twin, row, { source: "archive", activityTypeId: RUN })).toBe(true);
    expect(
      isLikelyDuplicate({ ...twin, deletedAt: 1 }, row, { source: "archive", activityTypeId: RUN }),
    ).toBe(false);
    expect(
      isLikelyDuplicate({ ...twin, source: "archive" }, row, {
        source: "archive",
        activityTypeId: RUN,
      }),
    ).toBe(false);
    const award = { ...twin, activityTypeId: null, source: "achievement" as const };
    expect(isLikelyDuplicate(award, row, { source: "archive", activityTypeId: RUN })).toBe(false);
  });
});

describe("a row that can be what it says", () => {
  const END_OF_YEARS = Date.UTC(3000, 0, 1);

  test.each([
    [0, "1970-01-01", true],
    [END_OF_YEARS - 1, "2999-12-31", true],
    [END_OF_YEARS, "2999-12-31", false],
    [8_640_000_000_000_000 - 1, "2999-12-31", false],
    [-1, "1970-01-01", false],
    [0.5, "1970-01-01", false],
    [Number.NaN, "1970-01-01", false],
  ])("starts at instant %s on %s: %s", (startedAt, loggedDate, ok) => {
    expect(checkImportRow({ ...row, startedAt, loggedDate }).ok).toBe(ok);
  });

  test("is answered and never throws, whatever a file says", () => {
    const text = fc.string({ unit: "binary", maxLength: 120 });
    const instant = fc.oneof(
      fc.double(),
      fc.maxSafeInteger(),
      fc.integer({ min: 8_639_999_000_000_000, max: 8_640_000_000_000_000 }),
      fc.integer({ min: 0, max: END_OF_YEARS }),
    );
    const day = fc.oneof(text, fc.stringMatching(/^\d{4}-\d{2}-\d{2}$/));
    const rows = fc.record({
      externalId: text,
      sport: text,
      startedAt: instant,
      loggedDate: day,
      metrics: fc.record({ distance_m: fc.double() }, { requiredKeys: [] }),
      title: text,
    });
    fc.assert(
      fc.property(rows, (odd) => {
        const checked = checkImportRow(odd);
        expect(checked.ok ? "INVALID_INPUT" : checked.refusal.code).toBe("INVALID_INPUT");
        expect(contentOf(odd)).toMatch(/^[0-9a-f]{16}$/);
        expect(Array.from(cleanTitle(odd.title) ?? "").length).toBeLessThanOrEqual(200);
      }),
      // What no real clock says is rare among numbers at random.
      { numRuns: 2_000, examples: [[{ ...row, title: "", startedAt: 8_639_999_999_999_999 }]] },
    );
  });
});

describe("the fingerprint of a row", () => {
  test("is the same whatever the order of its metrics", () => {
    const metrics = { moving_s: 1800, distance_m: 5000 };
    expect(contentOf({ ...row, metrics })).toBe(contentOf(row));
    expect(contentOf(row)).toMatch(/^[0-9a-f]{16}$/);
  });

  test("differs with everything the source says but the title", () => {
    const others: ImportRow[] = [
      { ...row, sport: "Walk" },
      { ...row, startedAt: START + 1000 },
      { ...row, loggedDate: "2026-06-11" },
      { ...row, metrics: { distance_m: 5001, moving_s: 1800 } },
      { ...row, metrics: { distance_m: 5000 } },
    ];
    const seen = new Set([row, ...others].map(contentOf));
    expect(seen.size).toBe(others.length + 1);
    expect(contentOf({ ...row, title: "Evening run" })).toBe(contentOf(row));
  });
});

describe("a title from a file", () => {
  test.each([
    ["  Run\u0000 with\nfriends ", "Run with friends"],
    ["abc\u202Edef", "abc def"],
    ["", undefined],
    [undefined, undefined],
    ["x".repeat(300), "x".repeat(200)],
    ["\u{1F3C3}".repeat(201), "\u{1F3C3}".repeat(200)],
  ])("%j is kept as %j", (title, kept) => {
    expect(cleanTitle(title)).toBe(kept);
  });
});
