import { describe, expect, test } from "vitest";
import { checkLimits, MAX_ROWS_PER_DAY, type DayCount } from "../lib/rules/limits";
import type { Limits } from "../tables/scoring";

const RUN = "run";

function day(date: string, runs: number, others = 0): DayCount {
  return {
    day: date,
    activityCount: runs + others,
    typeCounts: [
      { activityTypeId: "other", count: others },
      { activityTypeId: RUN, count: runs },
    ],
  };
}

function answer(limits: Limits, loggedDate: string, dayCounts: DayCount[] = []) {
  const checked = checkLimits(
    { limits, startsOn: "2026-05-04", endsOn: "2026-05-31", finalDaysFrom: 27 },
    { loggedDate, activityTypeId: RUN, dayCounts },
  );
  return checked.ok ? "ok" : checked.refusal;
}

describe("counts of the type", () => {
  const reached = (limit: string, max: number) => ({ code: "LIMIT_REACHED", limit, max });

  test("a day", () => {
    const limits = { maxPerDay: 2 };
    expect(answer(limits, "2026-05-10")).toBe("ok");
    expect(answer(limits, "2026-05-10", [day("2026-05-10", 1, 9)])).toBe("ok");
    expect(answer(limits, "2026-05-10", [day("2026-05-10", 2)])).toEqual(reached("maxPerDay", 2));
    expect(answer(limits, "2026-05-10", [day("2026-05-09", 2)])).toBe("ok");
  });

  test("a week of the challenge, not of the calendar", () => {
    const limits = { maxPerWeek: 3 };
    const sunday = day("2026-05-10", 2);
    const monday = day("2026-05-11", 3);
    expect(answer(limits, "2026-05-04", [sunday, monday])).toBe("ok");
    expect(answer(limits, "2026-05-04", [sunday, day("2026-05-05", 1)])).toEqual(
      reached("maxPerWeek", 3),
    );
    expect(answer(limits, "2026-05-12", [sunday, monday])).toEqual(reached("maxPerWeek", 3));
  });

  test("the whole challenge", () => {
    const limits = { maxPerChallenge: 3 };
    expect(answer(limits, "2026-05-31", [day("2026-05-04", 1), day("2026-05-20", 1, 5)])).toBe(
      "ok",
    );
    expect(answer(limits, "2026-05-31", [day("2026-05-04", 1), day("2026-05-20", 2)])).toEqual(
      reached("maxPerChallenge", 3),
    );
  });

  test("a person's day holds 30 rows of all types together", () => {
    expect(MAX_ROWS_PER_DAY).toBe(30);
    expect(answer({}, "2026-05-10", [day("2026-05-10", 10, 19)])).toBe("ok");
    expect(answer({}, "2026-05-10", [day("2026-05-10", 10, 20)])).toEqual(
      reached("rowsPerDay", 30),
    );
    expect(answer({}, "2026-05-11", [day("2026-05-10", 10, 20)])).toBe("ok");
  });
});

describe("days a type is offered on", () => {
  test("its weeks only", () => {
    const limits = { validWeeks: [2, 4] };
    expect(answer(limits, "2026-05-11")).toBe("ok");
    expect(answer(limits, "2026-05-17")).toBe("ok");
    for (const date of ["2026-05-10", "2026-05-18"]) {
      expect(answer(limits, date)).toEqual({
        code: "NOT_AVAILABLE_THIS_WEEK",
        validWeeks: [2, 4],
      });
    }
  });

  test("the final days only", () => {
    expect(answer({ finalDaysOnly: true }, "2026-05-30")).toBe("ok");
    expect(answer({ finalDaysOnly: true }, "2026-05-29")).toEqual({
      code: "OUTSIDE_CHALLENGE_DATES",
      earliest: "2026-05-30",
      latest: "2026-05-31",
    });
    expect(answer({ finalDaysOnly: false }, "2026-05-29")).toBe("ok");
  });
});
