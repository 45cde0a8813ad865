import { expect, test } from "vitest";
import { hasSpan, sensibleWish, wishOfStored, wishWords } from "./newChallenge";

const TODAY = "2026-03-02";
const sensible = sensibleWish(TODAY, "UTC");

test("a new challenge is six weeks from today and takes no points away", () => {
  expect(sensible).toMatchObject({ startsOn: TODAY, endsOn: "2026-04-12", visibility: "private" });
  expect(sensible.starterTypes).toContain("run");
  expect(sensible.starterTypes).not.toContain("drinks");
});

test("its dates are told in words", () => {
  const [span, closes] = wishWords(sensible, TODAY);
  expect(span).toContain("Starts today");
  expect(span).toContain("42 days in 6 weeks");
  expect(closes).toContain("midnight in UTC");
  expect(wishWords({ ...sensible, startsOn: "2026-03-03" }, TODAY)[0]).toContain("Starts tomorrow");
  expect(wishWords({ ...sensible, startsOn: "2026-02-20" }, TODAY)[0]).toContain("10 days ago");
  const past = { ...sensible, startsOn: "2026-02-01", endsOn: "2026-03-01" };
  expect(wishWords(past, TODAY)[0]).toContain("and ended");
  expect(wishWords({ ...past, endsOn: TODAY }, TODAY)[0]).toContain("and ends");
  expect(wishWords({ ...sensible, graceHours: "two" }, TODAY)).toHaveLength(1);
});

test("days that are none or in the wrong order make no span", () => {
  expect(hasSpan({ startsOn: "202026-03-01", endsOn: "2026-04-01" })).toBe(false);
  expect(hasSpan({ startsOn: "2026-04-02", endsOn: "2026-04-01" })).toBe(false);
  expect(wishWords({ ...sensible, endsOn: "" }, TODAY)).toEqual([]);
});

test("a form that was left is found again, without what makes no sense", () => {
  const left = {
    ...sensible,
    name: "Spring",
    starterTypes: ["swim", "bogus"],
    visibility: "secret",
  };
  expect(wishOfStored(left, sensible)).toEqual({
    ...sensible,
    name: "Spring",
    starterTypes: ["swim"],
  });
  for (const none of [null, "x", { name: 5 }])
    expect(wishOfStored(none, sensible)).toEqual(sensible);
});
