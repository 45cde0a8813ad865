import { expect, test } from "vitest";
import { countdownOf, turningPoints, waitingWords } from "./countdown";

const challenge = {
  startsOn: "2026-03-01",
  endsOn: "2026-03-31",
  timezone: "America/New_York",
  graceHours: 48,
  isFinal: false,
};
const at = (text: string) => Date.parse(text);

test("a challenge turns at midnights of its own zone, summer time included", () => {
  expect(turningPoints(challenge)).toEqual({
    start: at("2026-03-01T05:00:00Z"),
    end: at("2026-04-01T04:00:00Z"),
    close: at("2026-04-03T04:00:00Z"),
  });
});

test("the countdown is to the next turn", () => {
  const words = (now: string, isFinal = false) => countdownOf({ ...challenge, isFinal }, at(now));
  expect(words("2026-02-27T04:00:00Z")).toEqual({ label: "Starts in", words: "2 days 1 hour" });
  expect(words("2026-03-31T23:00:00Z")).toEqual({ label: "Ends in", words: "5 hours" });
  expect(words("2026-04-02T03:59:30Z")).toMatchObject({ label: "Entries close in" });
  expect(words("2026-04-03T04:00:00Z")).toBeNull();
  expect(words("2026-03-02T04:00:00Z", true)).toBeNull();
});

test("a wait is told in its two largest units and is never nothing", () => {
  expect(waitingWords(1)).toBe("1 minute");
  expect(waitingWords(59 * 60_000 + 1)).toBe("1 hour");
  expect(waitingWords(65 * 60_000)).toBe("1 hour 5 minutes");
  expect(waitingWords(26 * 3_600_000)).toBe("1 day 2 hours");
  expect(waitingWords(3 * 86_400_000)).toBe("3 days");
});
