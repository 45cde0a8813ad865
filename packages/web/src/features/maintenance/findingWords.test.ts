import { describe, expect, test } from "vitest";
import {
  aboutWords,
  damageOf,
  differenceWords,
  kindWords,
  valueWords,
  type Finding,
} from "./findingWords";

const finding = (fields: Partial<Finding> & Pick<Finding, "kind">): Finding => ({
  expected: null,
  actual: null,
  cure: "repair",
  displayName: "Ada",
  ...fields,
});

test("a kind has a title, and one that is not known keeps its name", () => {
  expect(kindWords("standings.totalPoints").title).toBe("Total points");
  expect(kindWords("somethingNew").title).toBe("somethingNew");
});

describe("values", () => {
  test("of days and boards are told in words", () => {
    const day = '{"points":45,"streakPoints":0,"activityCount":2,"types":[]}';
    expect(valueWords("dayTotals", day)).toBe("45 points, 2 activities");
    expect(valueWords("boardTotals", '{"points":1,"activityCount":1}')).toBe("1 point, 1 activity");
  });

  test("are numbers, nothing, or yes and no", () => {
    expect(valueWords("standings.totalPoints", 999)).toBe("999");
    expect(valueWords("aggregate.missing", null)).toBe("nothing");
    expect(valueWords("boardTotals.listed", "false")).toBe("no");
  });

  test("boards are ordered by the total below zero, which is not how people read it", () => {
    expect(valueWords("standings.negTotal", -45)).toBe("45");
    const wrong = finding({ kind: "standings.negTotal", expected: -45, actual: -999 });
    expect(differenceWords(wrong)).toBe("\u2212954");
  });

  test("that are ids are not shown", () => {
    expect(valueWords("standings.streakActivityId", "abc")).toBe("another entry");
  });
});

describe("the difference", () => {
  test("is what a repair adds or takes", () => {
    const wrong = finding({ kind: "standings.totalPoints", expected: 32, actual: 20 });
    expect(differenceWords(wrong)).toBe("+12");
    expect(differenceWords(finding({ kind: "aggregate.missing", expected: 5 }))).toBe("+5");
  });

  test("of a day is that of its points", () => {
    const expected = '{"points":45,"activityCount":2}';
    const actual = '{"points":50,"activityCount":2}';
    expect(differenceWords(finding({ kind: "dayTotals", expected, actual }))).toBe("\u22125");
  });

  test("of texts and moments is none", () => {
    expect(differenceWords(finding({ kind: "award.moved", expected: "a", actual: "b" }))).toBe(
      null,
    );
    const moment = finding({ kind: "standings.reachedAt", expected: 1, actual: 2 });
    expect(differenceWords(moment)).toBe(null);
  });
});

test("what a finding is about is a day, a board or a place in the record", () => {
  expect(aboutWords({ kind: "dayTotals", about: "2026-03-12" })).toMatch(/12.*2026|2026.*12/);
  expect(aboutWords({ kind: "boardTotals", about: "week.3" })).toBe("Week 3");
  expect(aboutWords({ kind: "boardTotals", about: "category.Running" })).toBe("Running");
  expect(aboutWords({ kind: "pointEvents.missing", about: "7" })).toBe("Change 7");
  expect(aboutWords({ kind: "aggregate.missing", about: "k57abc" })).toBe(null);
});

test("only open damage of the record can be explained", () => {
  const lost = finding({ kind: "pointEvents.missing", about: "7", actual: 10, cure: "explain" });
  expect(damageOf(lost)).toEqual({ seq: 7, kind: "missing", points: 10 });
  expect(damageOf({ ...lost, cure: "explained" })).toBe(null);
  expect(damageOf(finding({ kind: "dayTotals", about: "2026-03-12" }))).toBe(null);
});
