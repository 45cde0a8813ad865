import { expect, test } from "vitest";
import {
  isSilent,
  progressOf,
  rateOf,
  timeLeftWords,
  withSample,
  type Sample,
} from "./jobProgress";

const at = (seconds: number, processed: number): Sample => ({ at: seconds * 1_000, processed });

test("the rate is measured over the last half minute", () => {
  const samples = [at(0, 0), at(10, 10), at(35, 60), at(40, 90)].reduce<Sample[]>(withSample, []);
  expect(samples).toEqual([at(35, 60), at(40, 90)]);
  expect(rateOf(samples)).toBe(6);
});

test("too short a look, or no progress, is no rate", () => {
  expect(rateOf([])).toBe(null);
  expect(rateOf([at(0, 0), at(0.5, 10)])).toBe(null);
  expect(rateOf([at(0, 10), at(5, 10)])).toBe(null);
});

test("a job that begins anew forgets how fast it was", () => {
  expect(withSample([at(0, 50), at(5, 60)], at(6, 2))).toEqual([at(6, 2)]);
});

test("the estimate of how much there is to do is never passed", () => {
  const running = { status: "running" } as const;
  expect(progressOf({ ...running, processed: 30, items: 122 })).toEqual({
    done: 30,
    items: 122,
    percent: 24,
  });
  expect(progressOf({ ...running, processed: 130, items: 122 })).toMatchObject({ percent: 99 });
  expect(progressOf({ ...running, processed: 130, items: null })).toMatchObject({ percent: null });
  expect(progressOf({ status: "completed", processed: 120, items: 122 })).toEqual({
    done: 120,
    items: 120,
    percent: 100,
  });
});

test("the time that is left is told in seconds or whole minutes", () => {
  const progress = progressOf({ status: "running", processed: 100, items: 1_000 });
  expect(timeLeftWords(progress, 30)).toBe("about 30 s left");
  expect(timeLeftWords(progress, 6)).toBe("about 3 min left");
  expect(timeLeftWords(progress, null)).toBe(null);
});

test("a running job that says nothing for a minute is silent", () => {
  expect(isSilent({ status: "running", heartbeatAt: 0 }, 60_001)).toBe(true);
  expect(isSilent({ status: "running", heartbeatAt: 0 }, 60_000)).toBe(false);
  expect(isSilent({ status: "paused", heartbeatAt: 0 }, 600_000)).toBe(false);
});
