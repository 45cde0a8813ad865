import { describe, expect, it } from "vitest";
import { isDayOpen, windowWords } from "./useLogWindow";

const march = {
  earliest: "2026-03-03",
  latest: "2026-03-10",
  today: "2026-03-10",
  startsOn: "2026-03-01",
};

describe("the open days in words", () => {
  it("run from the earliest day to today", () => {
    expect(windowWords(march)).toBe("Days from Tuesday, March 3 to today are open.");
    expect(windowWords({ ...march, today: "2026-03-12" })).toBe(
      "Days from Tuesday, March 3 to Tuesday, March 10 are open.",
    );
  });

  it("may be a single day", () => {
    const lastDay = { ...march, earliest: "2026-03-10" };
    expect(windowWords(lastDay)).toBe("Only today is open.");
    expect(windowWords({ ...lastDay, today: "2026-03-12" })).toBe(
      "Only Tuesday, March 10 is open.",
    );
  });

  it("say when logging opens, and that it is over", () => {
    expect(windowWords({ ...march, today: "2026-02-20" })).toBe(
      "Logging opens on Sunday, March 1.",
    );
    expect(windowWords({ ...march, earliest: "2026-03-11" })).toBe(
      "Entries are closed for participants.",
    );
  });
});

describe("a day", () => {
  it.each([
    ["2026-03-02", false],
    ["2026-03-03", true],
    ["2026-03-10", true],
    ["2026-03-11", false],
    [null, false],
  ])("%s open: %s", (day, isOpen) => {
    expect(isDayOpen(march, day)).toBe(isOpen);
  });

  it("is never open once entries are closed", () => {
    expect(isDayOpen({ earliest: "2026-03-11", latest: "2026-03-10" }, "2026-03-10")).toBe(false);
  });
});
