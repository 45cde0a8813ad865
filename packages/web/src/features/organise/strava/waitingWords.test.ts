import { expect, it } from "vitest";
import { rescoreProgress, rescoreWords, waitingWords, type Rescore } from "./waitingWords";

it("counts at most fifty that wait", () => {
  expect(waitingWords(1)).toBe("1 activity waits");
  expect(waitingWords(49)).toBe("49 activities wait");
  expect(waitingWords(50)).toBe("50 activities or more wait");
});

const rescore: Rescore = {
  startedAt: Date.UTC(2026, 5, 15, 12),
  endedAt: null,
  isListed: false,
  waiting: 4,
  rescored: 3,
  kept: 2,
  rawExpired: 1,
  left: 0,
};

it("a rescore is as far as the rows that need nothing more", () => {
  expect(rescoreProgress(rescore)).toEqual({ done: 6, total: 10 });
});

it("says when a rescore runs, still lists, or ended", () => {
  expect(rescoreWords(rescore)).toMatch(/^Running since .*, still looking for activities$/);
  expect(rescoreWords({ ...rescore, isListed: true })).toMatch(/^Running since [^l]*$/);
  expect(rescoreWords({ ...rescore, endedAt: rescore.startedAt })).toMatch(/^Ended /);
});
