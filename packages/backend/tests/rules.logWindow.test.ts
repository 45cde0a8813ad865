import { describe, expect, test } from "vitest";
import {
  checkLogWindow,
  graceEndsAt,
  stageOf,
  type LogWindowChallenge,
  type LogWindowRequest,
} from "../lib/rules/logWindow";

const CHALLENGE: LogWindowChallenge = {
  challengeId: "c1",
  startsOn: "2026-05-01",
  endsOn: "2026-05-31",
  timezone: "Europe/Amsterdam",
  backdateDays: 7,
  graceHours: 48,
};

/** "ok", the code of the refusal, or the days that are open instead. */
function answer(
  loggedDate: string,
  now: string,
  {
    challenge = {},
    ...request
  }: Partial<LogWindowRequest> & {
    challenge?: Partial<LogWindowChallenge>;
  } = {},
): string {
  const checked = checkLogWindow(
    { ...CHALLENGE, ...challenge },
    { loggedDate, nowMs: Date.parse(now), isAdmin: false, ...request },
  );
  if (checked.ok) return "ok";
  const { refusal } = checked;
  if (refusal.code === "OUTSIDE_CHALLENGE_DATES") return `${refusal.earliest}..${refusal.latest}`;
  return refusal.code;
}

const AMSTERDAM = { zone: "Europe/Amsterdam" };
const ADMIN = { isAdmin: true, zone: "Europe/Amsterdam" };

describe("participants", () => {
  const noon = "2026-05-20T10:00:00Z";

  test("today and the seven days before it, in the person's zone", () => {
    expect(answer("2026-05-20", noon, AMSTERDAM)).toBe("ok");
    expect(answer("2026-05-13", noon, AMSTERDAM)).toBe("ok");
    expect(answer("2026-05-12", noon, AMSTERDAM)).toBe("2026-05-13..2026-05-20");
    expect(answer("2026-05-21", noon, AMSTERDAM)).toBe("2026-05-13..2026-05-20");
  });

  test("without a zone every day that is today somewhere", () => {
    expect(answer("2026-05-21", noon)).toBe("ok");
    expect(answer("2026-05-12", noon)).toBe("ok");
    expect(answer("2026-05-22", noon)).toBe("2026-05-12..2026-05-21");
    expect(answer("2026-05-11", noon)).toBe("2026-05-12..2026-05-21");
  });

  test("a person ahead of the challenge's zone logs their own tomorrow", () => {
    const late = "2026-05-20T21:00:00Z";
    expect(answer("2026-05-21", late, { zone: "Asia/Tokyo" })).toBe("ok");
    expect(answer("2026-05-21", late, AMSTERDAM)).toBe("2026-05-13..2026-05-20");
  });

  test("never outside the challenge, however far back one may log", () => {
    expect(answer("2026-05-01", "2026-05-03T10:00:00Z", AMSTERDAM)).toBe("ok");
    expect(answer("2026-04-30", "2026-05-03T10:00:00Z", AMSTERDAM)).toBe("2026-05-01..2026-05-03");
    expect(answer("2026-06-01", "2026-06-01T10:00:00Z", AMSTERDAM)).toBe("2026-05-25..2026-05-31");
  });

  test("before the start no day is open: the earliest is after the latest", () => {
    expect(answer("2026-05-01", "2026-04-29T10:00:00Z", AMSTERDAM)).toBe("2026-05-01..2026-04-29");
  });

  test("with backdateDays 0 only today", () => {
    const challenge = { backdateDays: 0 };
    expect(answer("2026-05-20", noon, { ...AMSTERDAM, challenge })).toBe("ok");
    expect(answer("2026-05-19", noon, { ...AMSTERDAM, challenge })).toBe("2026-05-20..2026-05-20");
  });

  test("E7 until grace is over, to the millisecond, in the challenge's zone", () => {
    expect(new Date(graceEndsAt(CHALLENGE)).toISOString()).toBe("2026-06-02T22:00:00.000Z");
    expect(answer("2026-05-31", "2026-06-02T21:59:59.999Z", AMSTERDAM)).toBe("ok");
    expect(answer("2026-05-31", "2026-06-02T22:00:00Z", AMSTERDAM)).toBe("2026-06-01..2026-05-31");
    expect(answer("2026-05-31", "2026-05-31T22:00:00Z", { challenge: { graceHours: 0 } })).toBe(
      "2026-06-01..2026-05-31",
    );
  });

  test("a text that is no day is INVALID_INPUT", () => {
    for (const text of ["2026-05-32", "2026-5-20", "", "2026-05-20T00:00"]) {
      expect(answer(text, noon), text).toBe("INVALID_INPUT");
      expect(answer(text, noon, ADMIN), text).toBe("INVALID_INPUT");
    }
  });
});

describe("admins", () => {
  test("any past day of the challenge, whatever backdating and grace say", () => {
    expect(answer("2026-05-01", "2026-05-30T10:00:00Z", ADMIN)).toBe("ok");
    expect(answer("2026-05-01", "2027-05-30T10:00:00Z", ADMIN)).toBe("ok");
  });

  test("never outside, and never in the future", () => {
    const now = "2026-05-20T10:00:00Z";
    expect(answer("2026-04-30", now, ADMIN)).toBe("2026-05-01..2026-05-20");
    expect(answer("2026-05-21", now, ADMIN)).toBe("2026-05-01..2026-05-20");
    expect(answer("2026-06-01", "2027-01-01T00:00:00Z", ADMIN)).toBe("2026-05-01..2026-05-31");
  });
});

test("a final challenge refuses everybody everything", () => {
  const challenge = { finalAt: Date.parse("2026-06-05T00:00:00Z") };
  for (const request of [AMSTERDAM, ADMIN]) {
    for (const day of ["2026-05-20", "2030-01-01", "nonsense"]) {
      expect(answer(day, "2026-05-20T10:00:00Z", { ...request, challenge })).toBe(
        "CHALLENGE_FINAL",
      );
    }
  }
});

test("stages follow one another", () => {
  const stageAt = (now: string, finalAt?: number) =>
    stageOf({ ...CHALLENGE, ...(finalAt !== undefined && { finalAt }) }, Date.parse(now));
  expect(stageAt("2026-04-30T21:59:00Z")).toBe("upcoming");
  expect(stageAt("2026-04-30T22:00:00Z")).toBe("open");
  expect(stageAt("2026-06-02T21:59:00Z")).toBe("open");
  expect(stageAt("2026-06-02T22:00:00Z")).toBe("ended");
  expect(stageAt("2026-06-10T00:00:00Z", 1)).toBe("final");
});
