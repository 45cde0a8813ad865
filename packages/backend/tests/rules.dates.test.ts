import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDays,
  canonicalZone,
  dayOfInstant,
  daysBetween,
  endOfDay,
  isDay,
  isZone,
  possibleToday,
} from "../lib/rules/dates";
import { dayNumber, totalWeeks, weekOf } from "../lib/rules/weeks";

const DAYS = fc
  .integer({ min: 0, max: 376_000 })
  .map((count) => new Date(count * 86_400_000).toISOString().slice(0, 10));

describe("calendar days", () => {
  test.each(["2026-01-31", "2024-02-29", "2000-02-29", "1970-01-01", "2999-12-31"])(
    "%s is a day",
    (day) => expect(isDay(day)).toBe(true),
  );

  test.each([
    "2026-02-30",
    "2026-02-29",
    "1900-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-04-31",
    "2026-01-00",
    "1969-12-31",
    "3000-01-01",
    "0000-01-01",
    "26-01-01",
    "2026-1-1",
    "2026-01-01T00:00:00Z",
    " 2026-01-01",
    "2026-01-01\n",
    "+002026-01-01",
    "２０２６-01-01",
    "today",
    "",
  ])("%j is none", (text) => expect(isDay(text)).toBe(false));

  test("arithmetic crosses months, leap days and years", () => {
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
    expect(daysBetween("2024-01-01", "2025-01-01")).toBe(366);
    expect(daysBetween("2026-03-30", "2026-03-28")).toBe(-2);
    expect(() => addDays("soon", 1)).toThrow("not a calendar day");
  });

  test("addDays and daysBetween undo each other", () => {
    fc.assert(
      fc.property(DAYS, fc.integer({ min: -400, max: 400 }), (day, count) => {
        const other = addDays(day, count);
        expect(daysBetween(day, other)).toBe(count);
        expect(addDays(other, -count)).toBe(day);
      }),
    );
  });
});

describe("zones", () => {
  test("IANA names are zones, offsets and nonsense are not", () => {
    for (const zone of ["UTC", "Europe/Amsterdam", "America/St_Johns"]) {
      expect(isZone(zone), zone).toBe(true);
    }
    for (const zone of ["", "+02:00", "Mars/Olympus", "Europe/Amsterdam ", "../etc"]) {
      expect(isZone(zone), zone).toBe(false);
    }
  });

  test("a zone has one spelling", () => {
    expect(canonicalZone("europe/AMSTERDAM")).toBe("Europe/Amsterdam");
    expect(canonicalZone("utc")).toBe("UTC");
    expect(canonicalZone("Mars/Olympus")).toBeNull();
  });

  test("the same instant is another day elsewhere", () => {
    const instant = Date.UTC(2026, 0, 1, 10, 30);
    expect(dayOfInstant(instant, "Pacific/Kiritimati")).toBe("2026-01-02");
    expect(dayOfInstant(instant, "UTC")).toBe("2026-01-01");
    expect(dayOfInstant(instant, "Etc/GMT+12")).toBe("2025-12-31");
  });

  test.each([
    ["2026-07-01", "UTC", "2026-07-02T00:00:00Z"],
    ["2026-07-01", "Europe/Amsterdam", "2026-07-01T22:00:00Z"],
    ["2026-03-29", "Europe/Amsterdam", "2026-03-29T22:00:00Z"],
    ["2026-10-25", "Europe/Amsterdam", "2026-10-25T23:00:00Z"],
    ["2026-01-31", "Pacific/Kiritimati", "2026-01-31T10:00:00Z"],
    ["2026-01-31", "Etc/GMT+12", "2026-02-01T12:00:00Z"],
    ["2026-01-31", "Asia/Kathmandu", "2026-01-31T18:15:00Z"],
    // Midnight did not exist: clocks went from 23:59:59 to 01:00.
    ["2018-11-03", "America/Sao_Paulo", "2018-11-04T03:00:00Z"],
    // The 30th did not exist on Samoa.
    ["2011-12-29", "Pacific/Apia", "2011-12-30T10:00:00Z"],
    ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ])("%s in %s ends at %s", (day, zone, end) => {
    expect(new Date(endOfDay(day, zone)).toISOString()).toBe(end.replace("Z", ".000Z"));
  });

  test("today is one day in a known zone, and up to three without one", () => {
    const instant = Date.UTC(2026, 4, 10, 11, 0);
    expect(possibleToday(instant, "Asia/Tokyo")).toEqual({
      earliest: "2026-05-10",
      latest: "2026-05-10",
    });
    expect(possibleToday(instant)).toEqual({ earliest: "2026-05-09", latest: "2026-05-11" });
    expect(possibleToday(Date.UTC(2026, 4, 10, 12))).toEqual({
      earliest: "2026-05-10",
      latest: "2026-05-11",
    });
    expect(possibleToday(Date.UTC(2026, 4, 10, 9, 59))).toEqual({
      earliest: "2026-05-09",
      latest: "2026-05-10",
    });
  });

  test("without a zone no person's real day is left out", () => {
    const zones = ["Etc/GMT+12", "Pacific/Kiritimati", "America/New_York", "Asia/Kolkata"];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.constantFrom(...zones),
        (seconds, zone) => {
          const { earliest, latest } = possibleToday(seconds * 1000);
          const day = dayOfInstant(seconds * 1000, zone);
          expect(earliest <= day && day <= latest).toBe(true);
        },
      ),
    );
  });
});

describe("weeks", () => {
  test("E10 seven-day blocks from the first day, the last may be short", () => {
    const start = "2024-02-26";
    expect(["2024-02-26", "2024-03-03", "2024-03-04"].map((day) => weekOf(start, day))).toEqual([
      1, 1, 2,
    ]);
    expect(weekOf(start, "2024-02-25")).toBe(0);
    expect(dayNumber(start, start)).toBe(1);
    expect(dayNumber(start, "2024-03-01")).toBe(5);
    expect(totalWeeks(start, start)).toBe(1);
    expect(totalWeeks(start, "2024-03-03")).toBe(1);
    expect(totalWeeks(start, "2024-03-04")).toBe(2);
    expect(totalWeeks("2026-01-01", "2026-12-31")).toBe(53);
    expect(weekOf("2026-01-01", "2026-12-30")).toBe(52);
    expect(weekOf("2026-01-01", "2026-12-31")).toBe(53);
  });

  test("E10 the leap day is a day of its week, and moves those after it", () => {
    const days = ["02-28", "02-29", "03-01"];
    expect(days.map((day) => weekOf("2024-02-23", `2024-${day}`))).toEqual([1, 1, 2]);
    const without = ["2026-02-28", "2026-03-01", "2026-03-02"];
    expect(without.map((day) => weekOf("2026-02-23", day))).toEqual([1, 1, 2]);
  });
});
