import { expect, test } from "vitest";
import { closedWords } from "./closedWords";

const challenge = {
  startsOn: "2026-06-01",
  endsOn: "2026-06-20",
  timezone: "UTC",
  graceHours: 0,
  isFinal: false,
};
const at = (moment: string): number => Date.parse(moment);

test("before the first day the log form says when it opens", () => {
  const words = closedWords(challenge, at("2026-05-29T20:00:00Z"));
  expect(words?.title).toBe("Logging opens in 2 days 4 hours");
  expect(words?.text).toContain("June");
});

test("after the end it says what can still be done, and that final standings stay", () => {
  const end = at("2026-06-21T00:00:00Z");
  expect(closedWords(challenge, end - 1)).toBeNull();
  expect(closedWords(challenge, end)?.text).toContain("an organiser can add it");
  expect(closedWords({ ...challenge, isFinal: true }, end)?.text).toContain("final");
});
