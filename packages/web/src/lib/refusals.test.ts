import { STATUS_BY_CODE, type Refusal } from "@milepost/backend/errors";
import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { isNotFound, messageOf, wordsOf } from "./refusals";

const EXAMPLES: Refusal[] = [
  { code: "NOT_SIGNED_IN" },
  { code: "NOT_FOUND", what: "challenge" },
  { code: "NOT_PARTICIPANT", challengeId: "c1" },
  { code: "NOT_CHALLENGE_ADMIN", challengeId: "c1" },
  { code: "NOT_PLATFORM_ADMIN" },
  { code: "INSUFFICIENT_SCOPE", needed: "log" },
  { code: "RATE_LIMITED", retryAfterMs: 61_000 },
  {
    code: "INVALID_INPUT",
    path: "metrics.distance_m",
    problem: "is needed to score this activity",
  },
  { code: "OUTSIDE_CHALLENGE_DATES", earliest: "2026-03-01", latest: "2026-03-08" },
  { code: "NOT_AVAILABLE_THIS_WEEK", validWeeks: [2, 3] },
  { code: "LIMIT_REACHED", limit: "maxPerDay", max: 3 },
  { code: "ACTIVITY_DELETED", activityId: "a1" },
  { code: "SYSTEM_ROW", activityId: "a1" },
  { code: "STALE_VERSION", expected: 1, actual: 2 },
  { code: "IDEMPOTENCY_MISMATCH", requestId: "r1" },
  { code: "CHALLENGE_FINAL", challengeId: "c1" },
  { code: "JOB_UNDER_WAY", challengeId: "c1", jobId: "a1", job: "rescore" },
];

describe("words of a refusal", () => {
  it("exist for every code and never show the code or an id", () => {
    expect(EXAMPLES.map(({ code }) => code).sort()).toEqual(Object.keys(STATUS_BY_CODE).sort());
    for (const refusal of EXAMPLES) {
      const words = wordsOf(refusal);
      expect(words).toMatch(/^[A-Z].*\.$/);
      expect(words).not.toMatch(/[A-Z]{2,}_|\bc1\b|\ba1\b|\br1\b|undefined/);
    }
  });

  it("tell whose correction it is that stands", () => {
    const refusal: Refusal = { code: "NOT_CHALLENGE_ADMIN", challengeId: "c1" };
    expect(wordsOf({ ...refusal, activityId: "a1" })).toMatch(/^An organiser corrected/);
    expect(wordsOf(refusal)).toMatch(/^Only an organiser/);
  });

  it("name the field as people call it", () => {
    const words = (path: string): string =>
      wordsOf({ code: "INVALID_INPUT", path, problem: "must not be empty" });
    expect(words("metrics.distance_m")).toBe("Distance must not be empty.");
    expect(words("displayName")).toBe("Your name must not be empty.");
    const standsAlone = {
      code: "INVALID_INPUT",
      path: "email",
      problem: "this address has an account",
    } as const;
    expect(wordsOf(standsAlone)).toBe("This address has an account.");
    expect(words("streakMinPoints")).toBe("Streak min points must not be empty.");
  });

  it("round a wait up to the next minute", () => {
    expect(wordsOf({ code: "RATE_LIMITED", retryAfterMs: 61_000 })).toContain("2 minutes");
    expect(wordsOf({ code: "RATE_LIMITED", retryAfterMs: 1 })).toContain("1 second.");
  });

  it("are the same for a private thing and a missing one", () => {
    expect(wordsOf({ code: "NOT_FOUND", what: "private challenge" })).toBe(
      wordsOf({ code: "NOT_FOUND", what: "nothing" }),
    );
  });
});

describe("any caught error", () => {
  it("is a refusal's words, or a fault of ours without its details", () => {
    expect(messageOf(new ConvexError({ code: "NOT_PARTICIPANT", challengeId: "c" }))).toBe(
      "Join this challenge first.",
    );
    expect(messageOf(new Error("secret detail"))).not.toContain("secret");
  });

  it("says so when code did not come, as Chromium, Firefox and Safari word it", () => {
    const words = [
      "Failed to fetch dynamically imported module: http://x/HistoryPage.js",
      "error loading dynamically imported module: http://x/HistoryPage.js",
      "Importing a module script failed.",
    ];
    for (const one of words) expect(messageOf(new TypeError(one))).toContain("did not arrive");
  });

  it("counts as not found when the id fits no table", () => {
    expect(
      isNotFound(new Error("Server Error\nArgumentValidationError: Value does not match")),
    ).toBe(true);
    expect(isNotFound(new ConvexError({ code: "NOT_FOUND", what: "challenge" }))).toBe(true);
    expect(isNotFound(new Error("boom"))).toBe(false);
  });
});
