import { describe, expect, test } from "vitest";
import type { Settings } from "../../games/gameWords";
import {
  newGame,
  phaseWords,
  readGame,
  reversibleUntil,
  valuesOf,
  type GameValues,
} from "./gameValues";

const CHALLENGE = { startsOn: "2026-03-01", endsOn: "2026-03-31" };
const DAYS = { startsOn: "2026-03-10", endsOn: "2026-03-16" };

describe("what is saved comes back out of its form", () => {
  test.each<Settings>([
    { kind: "partnerWeek", sharePercent: 12 },
    { kind: "huntWeek", catchPoints: 70, caughtPoints: 0 },
    { kind: "prWeek", recordPoints: 90 },
  ])("$kind", (settings) => {
    const wish = { name: "Week", ...DAYS, settings };
    expect(readGame(valuesOf(wish), CHALLENGE)).toEqual({ ok: true, wish });
  });
});

function problemsOf(change: Partial<GameValues>): string[] {
  const values = { ...newGame(DAYS.startsOn, DAYS.endsOn, CHALLENGE), name: "Week", ...change };
  const read = readGame(values, CHALLENGE);
  return read.ok ? [] : read.problems.map(({ path }) => path);
}

describe("what is wrong stands at its field", () => {
  test.each<[string, Partial<GameValues>]>([
    ["name", { name: " " }],
    ["startsOn", { startsOn: "" }],
    ["startsOn", { startsOn: "2026-02-28" }],
    ["endsOn", { endsOn: "2026-03-09" }],
    ["endsOn", { endsOn: "2026-04-01" }],
    ["sharePercent", { sharePercent: "101" }],
    ["sharePercent", { sharePercent: "" }],
    ["catchPoints", { kind: "huntWeek", catchPoints: "1.5" }],
    ["caughtPoints", { kind: "huntWeek", caughtPoints: "-1" }],
    ["recordPoints", { kind: "prWeek", recordPoints: "20000" }],
  ])("%s", (path, change) => {
    expect(problemsOf(change)).toEqual([path]);
  });

  test("numbers of another kind do not matter", () => {
    expect(problemsOf({ kind: "partnerWeek", catchPoints: "nonsense" })).toEqual([]);
  });
});

test("a new game stays inside the challenge", () => {
  expect(newGame("2026-03-29", "2026-04-04", CHALLENGE)).toMatchObject({
    startsOn: "2026-03-29",
    endsOn: "2026-03-31",
  });
  expect(newGame("2026-02-01", "2026-02-07", CHALLENGE)).toMatchObject({
    startsOn: "2026-03-01",
    endsOn: "2026-03-01",
  });
});

describe("until when a game can be taken back", () => {
  const finished = {
    status: "completed",
    completedAt: 1_000,
    cancelledBecause: null,
    failures: 0,
  } as const;
  const until = 1_000 + 48 * 3_600_000;

  test("48 hours after its end", () => {
    expect(reversibleUntil(finished, until)).toBe(until);
    expect(reversibleUntil(finished, until + 1)).toBeNull();
  });

  test("not before its end, and again at any time where points were left", () => {
    expect(reversibleUntil({ ...finished, status: "active", completedAt: null }, 0)).toBeNull();
    const reversed = { ...finished, status: "cancelled", cancelledBecause: "reversed" } as const;
    expect(reversibleUntil(reversed, until)).toBeNull();
    expect(reversibleUntil({ ...reversed, failures: 1 }, until + 1)).toBe(Infinity);
  });
});

test("every phase has words of its own", () => {
  const phases = ["measure", "settle", "reverse"] as const;
  expect(new Set(phases.map(phaseWords)).size).toBe(phases.length);
});
