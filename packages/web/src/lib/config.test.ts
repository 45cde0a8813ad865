import { describe, expect, it } from "vitest";
import { parseConfig } from "./config";

describe("the page's configuration", () => {
  it("keeps the deployment's addresses and whether there are demo people", () => {
    const given = { convexUrl: "http://127.0.0.1:3210", siteUrl: "http://127.0.0.1:3211" };
    expect(parseConfig({ ...given, demo: true })).toEqual({ ...given, demo: true });
    expect(parseConfig({ ...given, siteUrl: "x" })?.siteUrl).toBeNull();
    expect(parseConfig({ convexUrl: given.convexUrl })?.siteUrl).toBeNull();
    expect(parseConfig({ convexUrl: "http://127.0.0.1:3210", demo: "yes" })?.demo).toBe(false);
  });

  it.each([null, "x", {}, { convexUrl: 3 }, { convexUrl: "not an address" }])(
    "%j names none",
    (value) => {
      expect(parseConfig(value)).toBeNull();
    },
  );
});
