import { expect, test } from "vitest";
import { flagWords } from "./flagWords";

test("a participant's doubt is said with their words, where they may be seen", () => {
  expect(flagWords({ reason: "COUNTED_TWICE" })).toBe("It may be counted twice.");
  expect(flagWords({ reason: "OTHER", text: "Indoors?" })).toBe("Something else: Indoors?");
});

test.each([
  [{ code: "FASTER_THAN_RECORD", measured: 10, limit: 6.37 }, /36 km\/h, at most 22.9 km\/h/],
  [{ code: "DAY_OVER_24_HOURS", measured: 90_000, limit: 86_400 }, /25 h 00 min, at most 24 h 00/],
  [{ code: "TOO_MUCH_CLIMBING", measured: 9500.4, limit: 9000 }, /9,500 m, at most 9,000 m/],
  [{ code: "TOO_MANY_STEPS", measured: 100_001, limit: 100_000 }, /100,001 steps, at most/],
] as const)("a finding says what was measured: %o", (about, words) => {
  expect(flagWords(about)).toMatch(words);
});

test("a finding about what others may not see has no figures", () => {
  expect(flagWords({ code: "TOO_MANY_STEPS" })).toBe("These are more steps than the time allows.");
});
