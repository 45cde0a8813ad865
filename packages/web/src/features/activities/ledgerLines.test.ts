import { describe, expect, test } from "vitest";
import { actorWords, eventWords, ledgerDays, pointsOfEvent, type LedgerEvent } from "./ledgerLines";

const NOON = Date.UTC(2026, 5, 10, 12);
const HOUR = 3_600_000;

function event(facts: Partial<LedgerEvent>): LedgerEvent {
  return {
    seq: 1,
    kind: "created",
    reason: "logged",
    pointsBefore: 0,
    pointsAfter: 0,
    isHidden: false,
    totalAfter: 0,
    actor: "user",
    ruleVersion: 1,
    activityId: undefined,
    name: undefined,
    source: undefined,
    loggedDate: undefined,
    at: NOON,
    ...facts,
  };
}

describe("the ledger day by day", () => {
  const events = [
    event({ seq: 4, at: NOON, pointsBefore: 20, pointsAfter: 30, totalAfter: 43 }),
    event({ seq: 3, at: NOON - 2 * HOUR, pointsAfter: 1, totalAfter: 33 }),
    event({ seq: 2, at: NOON - 24 * HOUR, pointsAfter: 20, totalAfter: 32 }),
    event({ seq: 1, at: NOON - 48 * HOUR, pointsAfter: 12, totalAfter: 12 }),
  ];

  test("sums what happened on each day, and each total goes on from the day before", () => {
    const days = ledgerDays(events, { zone: "UTC", hasMore: false });
    expect(days.map(({ day, points, totalAfter }) => [day, points, totalAfter])).toEqual([
      ["2026-06-10", 11, 43],
      ["2026-06-09", 20, 32],
      ["2026-06-08", 12, 12],
    ]);
    expect(days.every(({ isCut }) => !isCut)).toBe(true);
  });

  test("knows that its oldest day goes on, while there are more events", () => {
    const days = ledgerDays(events, { zone: "UTC", hasMore: true });
    expect(days.map(({ isCut }) => isCut)).toEqual([false, false, true]);
  });

  test("takes the day of the reader's zone", () => {
    const late = [event({ at: Date.UTC(2026, 5, 10, 23, 30) })];
    expect(ledgerDays(late, { zone: "Europe/Berlin", hasMore: false })[0]?.day).toBe("2026-06-11");
    expect(ledgerDays([], { zone: "UTC", hasMore: false })).toEqual([]);
  });
});

describe("an event", () => {
  test.each([
    [{ name: "Run" }, "Run logged"],
    [{ name: "Run", reason: "imported" }, "Run imported"],
    [{ name: "Run", kind: "edited", reason: "corrected" }, "Run changed"],
    [{ name: "Run", kind: "deleted", reason: "adminCorrection" }, "Run deleted"],
    [{ name: "Run", kind: "restored", reason: "undone" }, "Run brought back"],
    [{ name: "Run", kind: "repriced", reason: "dayChanged" }, "Run changed with its day"],
    [{ name: "Streak", kind: "repriced", reason: "streakChanged" }, "Streak changed"],
    [{ name: "Marathon", kind: "deleted", reason: "revoked" }, "Marathon taken back"],
    [{ kind: "restatement", reason: "restated" }, "Points explained"],
  ] as const)("%o reads %s", (facts, words) => {
    expect(eventWords(event(facts))).toBe(words);
  });

  test("moves the difference of its points", () => {
    expect(pointsOfEvent(event({ pointsBefore: 12, pointsAfter: 5 }))).toBe(-7);
  });

  test("names only who acted for somebody else", () => {
    expect(actorWords("challengeAdmin")).toBe("by an organiser");
    expect(actorWords("user")).toBeNull();
  });
});
