import type { Id } from "@milepost/backend/dataModel";
import { describe, expect, it } from "vitest";
import { lookAt, looksOf, lookToCompare } from "./lastLook";

const MINUTE_MS = 60_000;
const earlier = { at: 0, ranks: { ada: 5 } };
const latest = { at: 100 * MINUTE_MS, ranks: { ada: 3 } };

describe("the last look at a board", () => {
  it("is that of the visit before", () => {
    const later = latest.at + 31 * MINUTE_MS;
    expect(lookToCompare({ latest, before: earlier }, later)).toBe(latest);
  });

  it("stays the same through a reload and a short absence", () => {
    const soon = latest.at + 29 * MINUTE_MS;
    expect(lookToCompare({ latest, before: earlier }, soon)).toBe(earlier);
    expect(lookToCompare({ latest, before: null }, soon)).toBeNull();
  });

  it("is nothing on a first visit", () => {
    expect(lookToCompare(null, 0)).toBeNull();
  });

  it("remembers the first 500 ranks", () => {
    const rows = Array.from({ length: 501 }, (_, index) => ({
      userId: `person${index}` as Id<"users">,
      rank: index + 1,
    }));
    const { at, ranks } = lookAt(rows, 7);
    expect([at, Object.keys(ranks).length, ranks.person499]).toEqual([7, 500, 500]);
  });

  it("is read back as it was written, and other things are not read", () => {
    const looks = { latest, before: earlier };
    expect(looksOf(JSON.parse(JSON.stringify(looks)))).toEqual(looks);
    expect(looksOf({ latest, before: "?" })).toEqual({ latest, before: null });
    for (const stored of [null, 3, {}, { latest: { at: 0, ranks: { ada: "1" } } }])
      expect(looksOf(stored)).toBeNull();
  });
});
